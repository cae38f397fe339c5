package ai.coreason.enclave.sentry.attestation.nvidia;

import ai.coreason.enclave.sentry.attestation.ByteReader;
import ai.coreason.enclave.sentry.attestation.MalformedEvidence;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The vendor's part of a report: fields of type[2], size[2] and value, each type once, to the last byte. Immutable. */
final class OpaqueData {
    private static final String PART = "opaque data";
    private static final int DRIVER_VERSION = 3;
    private static final int VBIOS_VERSION = 6;
    private static final int NVDEC0_STATUS = 11;
    private static final int CHIP_SKU = 15;
    private static final int PROJECT = 17;
    private static final int PROJECT_SKU = 18;
    private static final int FWID = 20;
    private static final int BINARY_VBIOS = 8;

    /** Whether the first video decoder is fused off; measurement 35 is of its firmware. */
    enum Decoder {
        /** It is there. */
        ENABLED,
        /** It is not, and measurement 35 says nothing. */
        DISABLED,
        /** The report does not say, or says neither. */
        UNKNOWN
    }

    private final Map<Integer, byte[]> fields;

    private OpaqueData(Map<Integer, byte[]> fields) {
        this.fields = fields;
    }

    static OpaqueData parse(byte[] bytes) throws MalformedEvidence {
        ByteReader in = new ByteReader(PART, bytes);
        Map<Integer, byte[]> fields = new TreeMap<>();
        while (in.left() > 0) {
            int type = in.u16();
            if (fields.put(type, in.bytes(in.u16())) != null) {
                throw in.refusal("each field once", "type " + type + " again");
            }
        }
        OpaqueData data = new OpaqueData(fields);
        byte[] fwid = fields.get(FWID);
        if (fwid != null && fwid.length != SpdmReport.P384) {
            throw new MalformedEvidence(PART, 0, "a firmware id of 48 bytes", fwid.length + " bytes");
        }
        return data;
    }

    /** The driver's version, such as {@code 550.90.07}; empty for a switch. */
    String driverVersion() {
        return text(DRIVER_VERSION);
    }

    /** The VBIOS version as manifests write it, such as {@code 96.00.9F.00.01}; empty if it is not of a known form. */
    String vbiosVersion() {
        byte[] v = fields.getOrDefault(VBIOS_VERSION, new byte[0]);
        if (v.length == BINARY_VBIOS) {
            return String.format(Locale.ROOT, "%02X.%02X.%02X.%02X.%02X", v[3], v[2], v[1], v[0], v[4]);
        }
        String text = text(VBIOS_VERSION);
        return text.matches("[0-9A-Fa-f]{2}(\\.[0-9A-Fa-f]{2}){4}") ? text : "";
    }

    /** The board, such as {@code 1010_0200_882}: project, its SKU, and the chip's. */
    String board() {
        return String.join("_", text(PROJECT), text(PROJECT_SKU), text(CHIP_SKU));
    }

    /** The digest of the firmware that made the report, 48 bytes; old firmware does not say. */
    Optional<byte[]> fwid() {
        return Optional.ofNullable(fields.get(FWID)).map(byte[]::clone);
    }

    /** The state of the first video decoder. */
    Decoder decoder() {
        byte[] v = fields.getOrDefault(NVDEC0_STATUS, new byte[0]);
        if (v.length != 1) {
            return Decoder.UNKNOWN;
        }
        return switch (v[0] & 0xff) {
            case 0xaa -> Decoder.ENABLED;
            case 0x55 -> Decoder.DISABLED;
            default -> Decoder.UNKNOWN;
        };
    }

    private String text(int type) {
        byte[] v = fields.getOrDefault(type, new byte[0]);
        int end = v.length;
        while (end > 0 && v[end - 1] == 0) {
            end--;
        }
        String text = new String(v, 0, end, StandardCharsets.US_ASCII);
        return text.matches("[!-~]*") ? text : "";
    }
}
