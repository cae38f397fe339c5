package ai.coreason.enclave.sentry.attestation.intel;

import ai.coreason.enclave.sentry.attestation.ByteReader;
import ai.coreason.enclave.sentry.attestation.MalformedEvidence;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A TD quote body: 584 bytes for TDX 1.0 and 648 for TDX 1.5, little-endian (Intel TDX DCAP Quoting Library API,
 * appendix A.3.2 and A.3.3). Texts are lower-case hex in the order of the bytes. Immutable and thread-safe.
 *
 * @param teeTcbSvn offset 0, 16 bytes
 * @param mrSeam offset 16, 48 bytes: the TDX module's measurement
 * @param mrSignerSeam offset 64, 48 bytes
 * @param seamAttributes offset 112, 8 bytes
 * @param tdAttributes offset 120
 * @param xfam offset 128
 * @param mrTd offset 136, 48 bytes
 * @param mrConfigId offset 184, 48 bytes
 * @param mrOwner offset 232, 48 bytes
 * @param mrOwnerConfig offset 280, 48 bytes
 * @param rtmrs offset 328, four of 48 bytes
 * @param reportData offset 520, 64 bytes
 * @param teeTcbSvn2 of TDX 1.5: offset 584, 16 bytes: the TCB of the module that runs now
 * @param mrServiceTd of TDX 1.5: offset 600, 48 bytes
 */
public record TdReport(
        String teeTcbSvn,
        String mrSeam,
        String mrSignerSeam,
        String seamAttributes,
        long tdAttributes,
        long xfam,
        String mrTd,
        String mrConfigId,
        String mrOwner,
        String mrOwnerConfig,
        List<String> rtmrs,
        String reportData,
        Optional<String> teeTcbSvn2,
        Optional<String> mrServiceTd)
        implements QuoteBody {
    /** Length of a TDX 1.0 body, bytes. */
    public static final int LENGTH_10 = 584;
    /** Length of a TDX 1.5 body, bytes. */
    public static final int LENGTH_15 = 648;

    private static final int MEASUREMENT = 48;

    /** Copies the list. */
    public TdReport {
        rtmrs = List.copyOf(rtmrs);
    }

    /** Reads a body; its length says of which version it is. */
    public static TdReport parse(byte[] bytes) throws MalformedEvidence {
        ByteReader in = new ByteReader("td_report", bytes);
        boolean later = bytes.length == LENGTH_15;
        String svn = hex(in, 16);
        String seam = hex(in, MEASUREMENT);
        String seamSigner = hex(in, MEASUREMENT);
        String seamAttributes = hex(in, 8);
        long attributes = in.u64();
        long xfam = in.u64();
        String td = hex(in, MEASUREMENT);
        String config = hex(in, MEASUREMENT);
        String owner = hex(in, MEASUREMENT);
        String ownerConfig = hex(in, MEASUREMENT);
        List<String> rtmrs = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            rtmrs.add(hex(in, MEASUREMENT));
        }
        String reportData = hex(in, 64);
        Optional<String> svn2 = later ? Optional.of(hex(in, 16)) : Optional.empty();
        Optional<String> service = later ? Optional.of(hex(in, MEASUREMENT)) : Optional.empty();
        in.end();
        return new TdReport(
                svn,
                seam,
                seamSigner,
                seamAttributes,
                attributes,
                xfam,
                td,
                config,
                owner,
                ownerConfig,
                rtmrs,
                reportData,
                svn2,
                service);
    }

    @Override
    public TeeType tee() {
        return TeeType.TDX;
    }

    @Override
    public String measurement() {
        return mrTd;
    }

    private static String hex(ByteReader in, int count) throws MalformedEvidence {
        return ByteReader.hex(in.bytes(count));
    }
}
