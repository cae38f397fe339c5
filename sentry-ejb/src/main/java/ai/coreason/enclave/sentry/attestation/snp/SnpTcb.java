package ai.coreason.enclave.sentry.attestation.snp;

import ai.coreason.enclave.base.Json;
import ai.coreason.enclave.base.JsonFields;
import ai.coreason.enclave.sentry.attestation.MalformedEvidence;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;

/**
 * Security patch levels of one SEV-SNP platform (AMD 56860, section 2.2): each in [0, 255], a greater one is newer.
 *
 * <p>Eight bytes hold them. Milan and Genoa: boot loader, TEE, four zeros, SNP, microcode. Turin: FMC, boot loader, TEE,
 * SNP, three zeros, microcode.
 *
 * @param fmc of the first mutable code; 0 where the product has none
 * @param bootLoader of the secure processor's boot loader
 * @param tee of the secure processor's operating system
 * @param snp of the SNP firmware
 * @param microcode of the lowest patch of all cores
 */
public record SnpTcb(int fmc, int bootLoader, int tee, int snp, int microcode) {
    private static final List<String> NAMES = List.of("fmc", "bl", "tee", "snp", "ucode");

    /**
     * Checks the ranges.
     *
     * @throws IllegalArgumentException if a level is outside [0, 255]
     */
    public SnpTcb {
        for (int level : new int[] {fmc, bootLoader, tee, snp, microcode}) {
            if (level < 0 || level > 0xff) {
                throw new IllegalArgumentException("SPL: expected a whole number in [0, 255], got " + level);
            }
        }
    }

    /**
     * Reads eight bytes.
     *
     * @param field the field's name, for refusals
     * @throws MalformedEvidence if a reserved byte is not zero
     */
    static SnpTcb parse(byte[] bytes, SnpProduct product, String field) throws MalformedEvidence {
        boolean turin = product == SnpProduct.TURIN;
        for (int i = turin ? 4 : 2; i < (turin ? 7 : 6); i++) {
            if (bytes[i] != 0) {
                throw new MalformedEvidence(field, i, "a reserved byte of zero", Integer.toString(bytes[i] & 0xff));
            }
        }
        int[] b = new int[8];
        for (int i = 0; i < 8; i++) {
            b[i] = bytes[i] & 0xff;
        }
        return turin ? new SnpTcb(b[0], b[1], b[2], b[3], b[7]) : new SnpTcb(0, b[0], b[1], b[6], b[7]);
    }

    /** The names of the levels that are lower here than in another one; empty if none is. */
    List<String> below(SnpTcb other) {
        List<String> out = new ArrayList<>();
        for (int i = 0; i < NAMES.size(); i++) {
            if (levels()[i] < other.levels()[i]) {
                out.add(NAMES.get(i));
            }
        }
        return out;
    }

    /** Members {@code fmc} (Turin only), {@code bl}, {@code tee}, {@code snp} and {@code ucode}. */
    public ObjectNode json(SnpProduct product) {
        ObjectNode out = Json.object();
        for (int i = product == SnpProduct.TURIN ? 0 : 1; i < NAMES.size(); i++) {
            out.put(NAMES.get(i), levels()[i]);
        }
        return out;
    }

    /** Reads what {@link #json} writes; {@code fmc} is demanded of Turin and refused of others. */
    static SnpTcb read(JsonFields f, SnpProduct product) {
        int fmc = product == SnpProduct.TURIN ? level(f, "fmc") : 0;
        SnpTcb out = new SnpTcb(fmc, level(f, "bl"), level(f, "tee"), level(f, "snp"), level(f, "ucode"));
        f.end();
        return out;
    }

    @Override
    public String toString() {
        return "fmc " + fmc + " bl " + bootLoader + " tee " + tee + " snp " + snp + " ucode " + microcode;
    }

    private static int level(JsonFields f, String name) {
        return (int) f.whole(name, 0, 0xff);
    }

    private int[] levels() {
        return new int[] {fmc, bootLoader, tee, snp, microcode};
    }
}
