package ai.coreason.enclave.sentry.attestation.snp;

import ai.coreason.enclave.base.InvalidDocument;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What is demanded of an authentic SEV-SNP report, one component per rule. Whatever a policy says, these hold too: bit 17 of
 * the guest's policy is one; {@code reported <= committed <= current} holds for patch levels, and {@code committed <=
 * current} for firmware; the platform is as the guest's policy demands (SMT, RAPL, ciphertext hiding, interface version);
 * and a platform that claims to have checked its memory for aliases reports at least the firmware level that brought the
 * check (AMD-SB-3015: Milan 23, Genoa 22), since older firmware cannot be believed to have made it.
 *
 * <p>Sets and lists that are empty allow nothing, except where a component says that empty means any.
 *
 * @param measurementRequired whether the launch digest has to be one of {@code measurements}
 * @param measurements launch digests that are trusted, lower-case hex of 48 bytes
 * @param products product lines that are trusted
 * @param minimumTcbRequired whether a product without an entry in {@code minimumTcb} is refused
 * @param minimumTcb lowest reported patch levels, and with the fixed order lowest committed and current ones
 * @param minimumLaunchTcb lowest patch levels when the guest was launched; a product without an entry has none
 * @param minimumFirmware lowest committed firmware; empty if any
 * @param minimumAbi lowest interface version {@code major << 8 | minor} that the guest's policy has to demand
 * @param minimumReportVersion lowest version of the report's layout: 2, 3 or 5
 * @param mitigations bits that the launch and current mitigation vectors both need; only version 5 tells them
 * @param keys kinds of signing key that are trusted
 * @param vmpls privilege levels that are trusted
 * @param minimumGuestSvn lowest security version of the guest, unsigned 32 bits
 * @param allowed what the guest's policy may allow the host to do
 * @param required what the guest's policy or the platform has to have
 * @param chipIds chips that are trusted, lower-case hex of 64 bytes; empty if any
 * @param hostData values of {@code HOST_DATA} that are trusted, lower-case hex of 32 bytes; empty if any
 * @param familyIds values of {@code FAMILY_ID} that are trusted, lower-case hex of 16 bytes; empty if any
 * @param imageIds values of {@code IMAGE_ID} that are trusted, lower-case hex of 16 bytes; empty if any
 * @param idKeyDigests digests of ID keys that are trusted, lower-case hex of 48 bytes; empty if any
 * @param authorKeyDigests digests of author keys that are trusted, lower-case hex of 48 bytes; empty if any
 * @param revocation what is demanded of the root's revocation list
 */
public record SnpPolicy(
        boolean measurementRequired,
        Set<String> measurements,
        Set<SnpProduct> products,
        boolean minimumTcbRequired,
        Map<SnpProduct, SnpTcb> minimumTcb,
        Map<SnpProduct, SnpTcb> minimumLaunchTcb,
        Optional<SnpFirmware> minimumFirmware,
        int minimumAbi,
        int minimumReportVersion,
        long mitigations,
        Set<SnpKey> keys,
        Set<Integer> vmpls,
        long minimumGuestSvn,
        Set<Allowance> allowed,
        Set<Requirement> required,
        Set<String> chipIds,
        Set<String> hostData,
        Set<String> familyIds,
        Set<String> imageIds,
        Set<String> idKeyDigests,
        Set<String> authorKeyDigests,
        Revocation revocation) {
    /** What the guest's policy may allow the host to do. */
    public enum Allowance {
        /** To read and write the guest's memory for debugging. */
        DEBUG,
        /** To bind the guest to a migration agent. */
        MIGRATION_AGENT,
        /** To run two threads on one core. */
        SMT,
        /** To populate CXL. */
        CXL,
        /** To run firmware that is not committed, and can so be rolled back. */
        PROVISIONAL_FIRMWARE
    }

    /** What the guest's policy or the platform has to have. */
    public enum Requirement {
        /** The guest runs on one socket only. */
        SINGLE_SOCKET,
        /** The guest demands AES-256-XTS for its memory. */
        AES_256_XTS,
        /** The platform does not measure running power. */
        RAPL_DISABLED,
        /** The platform hides ciphertext from the host. */
        CIPHERTEXT_HIDING,
        /** The platform has ECC memory. */
        ECC,
        /** The platform checked its memory for aliases since its last reset and found none. */
        ALIAS_CHECK,
        /** The report tells the chip. */
        CHIP_ID,
        /** The guest was launched with an ID block that an author key signed. */
        AUTHOR_KEY
    }

    /** Whether a revocation list has to be there. One that is there always counts. */
    public enum Demand {
        /** Without a list evidence is not judged. */
        REQUIRED,
        /** A list is judged as far as evidence has one. */
        WHERE_PRESENT,
        /** Someone answers for going without. */
        WAIVED
    }

    /**
     * What is demanded of the root's revocation list.
     *
     * @param demand whether it has to be there
     * @param maxAge how long ago it may have been issued, beside its own validity; empty if any
     * @param waivedBy who answers for going without; empty text unless waived
     */
    public record Revocation(Demand demand, Optional<Duration> maxAge, String waivedBy) {
        /**
         * Checks the parts against each other.
         *
         * @throws IllegalArgumentException if it is waived by nobody, or by somebody though it is not waived, or the age is
         *     not positive
         */
        public Revocation {
            if ((demand == Demand.WAIVED) == waivedBy.isBlank()) {
                throw new IllegalArgumentException(
                        "revocation.waived_by: expected a name if and only if it is waived, got '" + waivedBy + "'");
            }
            if (maxAge.isPresent() && (maxAge.get().isNegative() || maxAge.get().isZero())) {
                throw new IllegalArgumentException("revocation.max_age: expected a positive time, got " + maxAge.get());
            }
        }

        /** A list that was issued at most so long ago has to be there. */
        public static Revocation required(Duration maxAge) {
            return new Revocation(Demand.REQUIRED, Optional.of(maxAge), "");
        }

        /** A list is judged as far as evidence has one. */
        public static Revocation wherePresent() {
            return new Revocation(Demand.WHERE_PRESENT, Optional.empty(), "");
        }

        /** Somebody answers for going without a list. */
        public static Revocation waived(String by) {
            return new Revocation(Demand.WAIVED, Optional.empty(), by);
        }
    }

    /**
     * Copies the sets and maps.
     *
     * @throws IllegalArgumentException if it demands a measurement or a minimum but lists none, or a number is out of range
     */
    public SnpPolicy {
        measurements = Set.copyOf(measurements);
        products = Set.copyOf(products);
        minimumTcb = Map.copyOf(minimumTcb);
        minimumLaunchTcb = Map.copyOf(minimumLaunchTcb);
        keys = Set.copyOf(keys);
        vmpls = Set.copyOf(vmpls);
        allowed = Set.copyOf(allowed);
        required = Set.copyOf(required);
        chipIds = Set.copyOf(chipIds);
        hostData = Set.copyOf(hostData);
        familyIds = Set.copyOf(familyIds);
        imageIds = Set.copyOf(imageIds);
        idKeyDigests = Set.copyOf(idKeyDigests);
        authorKeyDigests = Set.copyOf(authorKeyDigests);
        check(measurementRequired && measurements.isEmpty(), "measurements", "at least one", "none");
        check(
                minimumTcbRequired && !minimumTcb.keySet().containsAll(products),
                "minimum_tcb",
                "an entry for each of " + products,
                minimumTcb.keySet());
        check(minimumAbi < 0 || minimumAbi > 0xffff, "minimum_abi", "two bytes", minimumAbi);
        check(
                minimumGuestSvn < 0 || minimumGuestSvn > 0xffffffffL,
                "minimum_guest_svn",
                "unsigned 32 bits",
                minimumGuestSvn);
        check(
                !List.of(2, 3, 5).contains(minimumReportVersion),
                "minimum_report_version",
                "2, 3 or 5",
                minimumReportVersion);
        checkHex("measurements", measurements, 48);
        checkHex("chip_ids", chipIds, 64);
        checkHex("host_data", hostData, 32);
        checkHex("family_ids", familyIds, 16);
        checkHex("image_ids", imageIds, 16);
        checkHex("id_key_digests", idKeyDigests, 48);
        checkHex("author_key_digests", authorKeyDigests, 48);
    }

    private static void checkHex(String name, Set<String> values, int bytes) {
        for (String value : values) {
            check(!value.matches("[0-9a-f]{" + 2 * bytes + "}"), name, bytes + " bytes in lower-case hex", value);
        }
    }

    private static void check(boolean broken, String name, String expected, Object came) {
        if (broken) {
            throw new IllegalArgumentException(name + ": expected " + expected + ", got " + came);
        }
    }

    /**
     * The built-in default: no debugging, no migration agent, VMPL 0, and a revocation list judged where there is one. It
     * has no measurements and no minimum of its own; a server never trusts by it.
     */
    public static SnpPolicy strict() {
        return new SnpPolicy(
                false,
                Set.of(),
                Set.of(SnpProduct.values()),
                false,
                Map.of(),
                Map.of(),
                Optional.empty(),
                0,
                2,
                0,
                Set.of(SnpKey.values()),
                Set.of(0),
                0,
                Set.of(Allowance.SMT, Allowance.CXL, Allowance.PROVISIONAL_FIRMWARE),
                Set.of(),
                Set.of(),
                Set.of(),
                Set.of(),
                Set.of(),
                Set.of(),
                Set.of(),
                Revocation.wherePresent());
    }

    /**
     * The least that a server trusts by: {@link #strict()}, and a launch digest that it knows, patch levels that it demands,
     * no CXL, and a decision on revocation. Only products with a minimum are trusted.
     *
     * @throws IllegalArgumentException if there is no measurement or no minimum, or revocation is judged only where present
     */
    public static SnpPolicy server(
            Set<String> measurements, Map<SnpProduct, SnpTcb> minimumTcb, Revocation revocation) {
        check(minimumTcb.isEmpty(), "minimum_tcb", "at least one", "none");
        check(revocation.demand() == Demand.WHERE_PRESENT, "revocation", "required or waived", "where present");
        SnpPolicy s = strict();
        return new SnpPolicy(
                true,
                measurements,
                minimumTcb.keySet(),
                true,
                minimumTcb,
                s.minimumLaunchTcb,
                s.minimumFirmware,
                s.minimumAbi,
                s.minimumReportVersion,
                s.mitigations,
                s.keys,
                s.vmpls,
                s.minimumGuestSvn,
                Set.of(Allowance.SMT, Allowance.PROVISIONAL_FIRMWARE),
                s.required,
                s.chipIds,
                s.hostData,
                s.familyIds,
                s.imageIds,
                s.idKeyDigests,
                s.authorKeyDigests,
                revocation);
    }

    /**
     * Reads a policy: one member per component, in snake_case, with products by label, patch levels by product, and
     * {@code revocation {demand, max_age, waived_by}}. A rule that is left out refuses.
     *
     * @param path where it stands in a document, for errors
     * @throws InvalidDocument naming what is missing, unknown or out of its range
     */
    public static SnpPolicy parse(JsonNode json, String path) {
        return SnpPolicyJson.parse(json, path);
    }

    /** Writes what {@link #parse} reads. */
    public ObjectNode json() {
        return SnpPolicyJson.json(this);
    }
}
