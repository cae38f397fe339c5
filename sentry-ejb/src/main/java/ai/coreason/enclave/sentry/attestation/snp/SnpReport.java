package ai.coreason.enclave.sentry.attestation.snp;

import ai.coreason.enclave.sentry.attestation.ByteReader;
import ai.coreason.enclave.sentry.attestation.MalformedEvidence;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Optional;

/**
 * An attestation report as SEV-SNP firmware writes it: 1184 bytes, little-endian (AMD 56860, tables 22 to 24), of version
 * 2, 3 or 5. Version 4 was never specified and is refused. Immutable and thread-safe.
 *
 * <p>Parsing proves nothing but the form: the right length, zeros wherever the version reserves bytes or bits, known
 * algorithms and keys, and numbers of a signature in [1, n-1].
 */
public final class SnpReport {
    /** Bytes of a report. */
    public static final int BYTES = 0x4a0;

    /** The requested VMPL of a report that the host asked for. */
    static final long HOST_REQUESTED = 0xffffffffL;

    private static final int SIGNED = 0x2a0;
    private static final int SCALAR = 72;
    private static final String PART = "report";

    private final byte[] raw;
    private final SnpKey key;
    private final SnpProduct product;

    private SnpReport(byte[] raw, SnpKey key, SnpProduct product) {
        this.raw = raw;
        this.key = key;
        this.product = product;
    }

    /**
     * Reads a report.
     *
     * @throws MalformedEvidence naming the first offset that is not of the form
     */
    public static SnpReport parse(byte[] bytes) throws MalformedEvidence {
        if (bytes.length != BYTES) {
            throw new MalformedEvidence(PART, 0, BYTES + " bytes", bytes.length + " bytes");
        }
        byte[] raw = bytes.clone();
        SnpReport unchecked = new SnpReport(raw, null, null);
        long version = unchecked.u32(0);
        if (version != 2 && version != 3 && version != 5) {
            throw new MalformedEvidence(PART, 0, "version 2, 3 or 5", Long.toString(version));
        }
        unchecked.checkFields();
        unchecked.checkReserved();
        unchecked.checkSignatureForm();
        return new SnpReport(raw, unchecked.signingKey(), unchecked.processor());
    }

    private void checkFields() throws MalformedEvidence {
        reserved(0x08, policy().bits() & GuestPolicy.RESERVED, "policy bits 63 to 26");
        if (vmpl() > 3 && vmpl() != HOST_REQUESTED) {
            throw new MalformedEvidence(PART, 0x30, "a VMPL in [0, 3] or 4294967295", Long.toString(vmpl()));
        }
        if (u32(0x34) != 1) {
            throw new MalformedEvidence(PART, 0x34, "algorithm 1 (ECDSA P-384, SHA-384)", Long.toString(u32(0x34)));
        }
        reserved(0x40, platformInfo().bits() & PlatformInfo.RESERVED, "platform information bits 63 to 8");
        reserved(0x48, u32(0x48) & ~0x1fL, "flag bits 31 to 5");
        boolean authorDigest = !isZero(0x110, 0x140);
        if (authorDigest != authorKey()) {
            throw new MalformedEvidence(
                    PART,
                    0x110,
                    authorKey()
                            ? "an author key's digest, since AUTHOR_KEY_EN is 1"
                            : "zeros, since AUTHOR_KEY_EN is 0",
                    authorDigest ? "a digest" : "zeros");
        }
    }

    private void checkReserved() throws MalformedEvidence {
        zeros(0x4c, 0x50);
        zeros(version() == 2 ? 0x188 : 0x18b, 0x1a0);
        zeros(0x1eb, 0x1ec);
        zeros(0x1ef, 0x1f0);
        zeros(version() < 5 ? 0x1f8 : 0x208, SIGNED);
    }

    private void checkSignatureForm() throws MalformedEvidence {
        for (int at = SIGNED; at < SIGNED + 2 * SCALAR; at += SCALAR) {
            zeros(at + 48, at + SCALAR);
            BigInteger scalar = new BigInteger(1, bigEndian(at));
            if (scalar.signum() == 0 || scalar.compareTo(EcKey.ORDER) >= 0) {
                throw new MalformedEvidence(
                        PART, at, "a number in [1, n-1]", scalar.signum() == 0 ? "0" : "one that is not below n");
            }
        }
        zeros(SIGNED + 2 * SCALAR, BYTES);
    }

    private SnpKey signingKey() throws MalformedEvidence {
        int key = (int) (u32(0x48) >> 2) & 7;
        return switch (key) {
            case 0 -> SnpKey.VCEK;
            case 1 -> SnpKey.VLEK;
            default ->
                throw new MalformedEvidence(
                        PART,
                        0x48,
                        "signing key 0 (VCEK) or 1 (VLEK)",
                        key == 7 ? "7 (unsigned)" : key + " (reserved)");
        };
    }

    private SnpProduct processor() throws MalformedEvidence {
        if (version() == 2) {
            return null;
        }
        int family = raw[0x188] & 0xff;
        int model = raw[0x189] & 0xff;
        return SnpProduct.ofProcessor(family, model)
                .orElseThrow(() -> new MalformedEvidence(
                        PART,
                        0x188,
                        "a processor of Milan, Genoa or Turin",
                        String.format("family 0x%02x model 0x%02x", family, model)));
    }

    /** The version of the layout: 2, 3 or 5. */
    public int version() {
        return (int) u32(0);
    }

    /** The guest's security version number that its ID block gave, unsigned 32 bits. */
    public long guestSvn() {
        return u32(0x04);
    }

    GuestPolicy policy() {
        return new GuestPolicy(buffer().getLong(0x08));
    }

    byte[] familyId() {
        return copy(0x10, 0x20);
    }

    byte[] imageId() {
        return copy(0x20, 0x30);
    }

    /** The privilege level for which the report was asked: [0, 3], or 4294967295 if the host asked. */
    public long vmpl() {
        return u32(0x30);
    }

    PlatformInfo platformInfo() {
        return new PlatformInfo(buffer().getLong(0x40));
    }

    boolean authorKey() {
        return (raw[0x48] & 1) == 1;
    }

    boolean maskChipKey() {
        return (raw[0x48] & 2) == 2;
    }

    /** Which kind of key signed it. */
    public SnpKey key() {
        return key;
    }

    /** The 64 bytes that the guest had bound. */
    public byte[] reportData() {
        return copy(0x50, 0x90);
    }

    /** The 48 bytes of the launch digest. */
    public byte[] measurement() {
        return copy(0x90, 0xc0);
    }

    byte[] hostData() {
        return copy(0xc0, 0xe0);
    }

    byte[] idKeyDigest() {
        return copy(0xe0, 0x110);
    }

    byte[] authorKeyDigest() {
        return copy(0x110, 0x140);
    }

    /** The product that the processor's family and model tell; a report of version 2 does not tell them. */
    public Optional<SnpProduct> product() {
        return Optional.ofNullable(product);
    }

    byte[] chipId() {
        return copy(0x1a0, 0x1e0);
    }

    boolean chipIdIsZero() {
        return isZero(0x1a0, 0x1e0);
    }

    /** One of its four versions of the trusted computing base. */
    SnpTcb tcb(TcbField field, SnpProduct layout) throws MalformedEvidence {
        return SnpTcb.parse(copy(field.offset, field.offset + 8), layout, field.label);
    }

    SnpFirmware currentFirmware() {
        return new SnpFirmware(raw[0x1ea] & 0xff, raw[0x1e9] & 0xff, raw[0x1e8] & 0xff);
    }

    SnpFirmware committedFirmware() {
        return new SnpFirmware(raw[0x1ee] & 0xff, raw[0x1ed] & 0xff, raw[0x1ec] & 0xff);
    }

    /** Mitigations in force at launch, one bit each; a report below version 5 tells none. */
    long launchMitigations() {
        return buffer().getLong(0x1f8);
    }

    /** Mitigations in force now, one bit each; a report below version 5 tells none. */
    long currentMitigations() {
        return buffer().getLong(0x200);
    }

    /** The bytes that are signed: the first 672. */
    byte[] signed() {
        return copy(0, SIGNED);
    }

    /** The signature as IEEE P1363 has it: r and s, 48 bytes each, big-endian. */
    byte[] signature() {
        byte[] out = Arrays.copyOf(bigEndian(SIGNED), 96);
        System.arraycopy(bigEndian(SIGNED + SCALAR), 0, out, 48, 48);
        return out;
    }

    /** Which version of the trusted computing base. */
    enum TcbField {
        CURRENT("current_tcb", 0x38),
        REPORTED("reported_tcb", 0x180),
        COMMITTED("committed_tcb", 0x1e0),
        LAUNCH("launch_tcb", 0x1f0);

        private final String label;
        private final int offset;

        TcbField(String label, int offset) {
            this.label = label;
            this.offset = offset;
        }

        String label() {
            return label;
        }
    }

    private byte[] bigEndian(int at) {
        byte[] out = new byte[48];
        for (int i = 0; i < 48; i++) {
            out[i] = raw[at + 47 - i];
        }
        return out;
    }

    private ByteBuffer buffer() {
        return ByteBuffer.wrap(raw).order(ByteOrder.LITTLE_ENDIAN);
    }

    private long u32(int at) {
        return buffer().getInt(at) & 0xffffffffL;
    }

    private byte[] copy(int from, int to) {
        return Arrays.copyOfRange(raw, from, to);
    }

    private boolean isZero(int from, int to) {
        for (int i = from; i < to; i++) {
            if (raw[i] != 0) {
                return false;
            }
        }
        return true;
    }

    private void zeros(int from, int to) throws MalformedEvidence {
        if (!isZero(from, to)) {
            throw new MalformedEvidence(PART, from, (to - from) + " reserved bytes of zero", "others");
        }
    }

    private static void reserved(int at, long bits, String name) throws MalformedEvidence {
        if (bits != 0) {
            throw new MalformedEvidence(PART, at, name + " of zero", "0x" + Long.toHexString(bits));
        }
    }

    /** Tells what it measures; never the signature. */
    @Override
    public String toString() {
        return "SEV-SNP report of version " + version() + ", measurement " + ByteReader.hex(measurement());
    }
}
