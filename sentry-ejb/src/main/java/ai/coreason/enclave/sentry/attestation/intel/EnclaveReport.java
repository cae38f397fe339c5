package ai.coreason.enclave.sentry.attestation.intel;

import ai.coreason.enclave.sentry.attestation.ByteReader;
import ai.coreason.enclave.sentry.attestation.MalformedEvidence;

/**
 * An SGX report body: 384 bytes, little-endian (Intel SGX ECDSA Quote Library Reference, appendix A.4). Texts are
 * lower-case hex in the order of the bytes. Immutable and thread-safe.
 *
 * @param cpuSvn offset 0, 16 bytes
 * @param miscSelect offset 16
 * @param attributes offset 48, 16 bytes: flags and XFRM
 * @param mrEnclave offset 64, 32 bytes
 * @param mrSigner offset 128, 32 bytes
 * @param configId offset 192, 64 bytes
 * @param isvProdId offset 256
 * @param isvSvn offset 258
 * @param configSvn offset 260
 * @param reportData offset 320, 64 bytes
 */
public record EnclaveReport(
        String cpuSvn,
        long miscSelect,
        String attributes,
        String mrEnclave,
        String mrSigner,
        String configId,
        int isvProdId,
        int isvSvn,
        int configSvn,
        String reportData)
        implements QuoteBody {
    /** Its length, bytes. */
    public static final int LENGTH = 384;

    private static final int INIT = 1;
    private static final int DEBUG = 2;

    /**
     * Reads a report.
     *
     * @param part the name of what is read, for refusals
     */
    public static EnclaveReport parse(String part, byte[] bytes) throws MalformedEvidence {
        ByteReader in = new ByteReader(part, bytes);
        String cpuSvn = hex(in, 16);
        long miscSelect = in.u32();
        in.bytes(28);
        String attributes = hex(in, 16);
        String mrEnclave = hex(in, 32);
        in.bytes(32);
        String mrSigner = hex(in, 32);
        in.bytes(32);
        String configId = hex(in, 64);
        int isvProdId = in.u16();
        int isvSvn = in.u16();
        int configSvn = in.u16();
        in.bytes(58);
        String reportData = hex(in, 64);
        in.end();
        return new EnclaveReport(
                cpuSvn,
                miscSelect,
                attributes,
                mrEnclave,
                mrSigner,
                configId,
                isvProdId,
                isvSvn,
                configSvn,
                reportData);
    }

    /** Whether the hardware lets a debugger read the enclave. */
    public boolean debug() {
        return (flags() & DEBUG) != 0;
    }

    /** Whether the enclave was initialised. */
    public boolean initialised() {
        return (flags() & INIT) != 0;
    }

    @Override
    public TeeType tee() {
        return TeeType.SGX;
    }

    @Override
    public String measurement() {
        return mrEnclave;
    }

    private int flags() {
        return Integer.parseInt(attributes.substring(0, 2), 16);
    }

    private static String hex(ByteReader in, int count) throws MalformedEvidence {
        return ByteReader.hex(in.bytes(count));
    }
}
