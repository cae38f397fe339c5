package ai.coreason.enclave.sentry.attestation.snp;

import ai.coreason.enclave.sentry.attestation.ByteReader;
import ai.coreason.enclave.sentry.attestation.MalformedEvidence;
import ai.coreason.enclave.sentry.attestation.snp.SnpPolicy.Allowance;
import ai.coreason.enclave.sentry.attestation.snp.SnpPolicy.Requirement;
import ai.coreason.enclave.sentry.attestation.snp.SnpReport.TcbField;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Judges an authentic report by a policy.
 *
 * @param policy what is demanded
 * @param report what came; its signature and its product hold
 * @param product of the report's chip
 * @param findings takes every rule that does not hold
 */
record SnpRules(SnpPolicy policy, SnpReport report, SnpProduct product, Findings findings) {
    /** SNP levels of the firmware that first checked memory for aliases; Turin shipped with it. */
    private static final Map<SnpProduct, Integer> ALIAS_CHECK_SINCE =
            Map.of(SnpProduct.MILAN, 0x17, SnpProduct.GENOA, 0x16, SnpProduct.TURIN, 0);

    void check() throws MalformedEvidence {
        checkIdentity();
        checkGuestPolicy();
        checkPlatform();
        checkTcb();
        checkFirmware();
    }

    private void checkIdentity() {
        String measurement = ByteReader.hex(report.measurement());
        findings.require(
                !policy.measurementRequired() || policy.measurements().contains(measurement),
                "measurement",
                "one of " + policy.measurements().size() + " that are allowed",
                measurement);
        among("product", policy.products(), product);
        among("report.signing_key", policy.keys(), report.key());
        findings.require(
                report.vmpl() <= 3 && policy.vmpls().contains((int) report.vmpl()),
                "vmpl",
                "one of " + new TreeSet<>(policy.vmpls()),
                report.vmpl());
        atLeast("guest_svn", policy.minimumGuestSvn(), report.guestSvn());
        atLeast("report.version", policy.minimumReportVersion(), report.version());
        anyOf("chip_id", policy.chipIds(), report.chipId());
        anyOf("host_data", policy.hostData(), report.hostData());
        anyOf("family_id", policy.familyIds(), report.familyId());
        anyOf("image_id", policy.imageIds(), report.imageId());
        anyOf("id_key_digest", policy.idKeyDigests(), report.idKeyDigest());
        anyOf("author_key_digest", policy.authorKeyDigests(), report.authorKeyDigest());
        needs(Requirement.CHIP_ID, "chip_id.present", !report.chipIdIsZero());
        needs(Requirement.AUTHOR_KEY, "author_key", report.authorKey());
    }

    private void checkGuestPolicy() {
        GuestPolicy guest = report.policy();
        findings.require(guest.reservedOne(), "policy.bit_17", 1, 0);
        allows(Allowance.DEBUG, "policy.debug", guest.debug());
        allows(Allowance.MIGRATION_AGENT, "policy.migration_agent", guest.migrationAgent());
        allows(Allowance.SMT, "policy.smt", guest.smt());
        allows(Allowance.CXL, "policy.cxl", guest.cxl());
        needs(Requirement.SINGLE_SOCKET, "policy.single_socket", guest.singleSocket());
        needs(Requirement.AES_256_XTS, "policy.aes_256_xts", guest.aes256Xts());
        int abi = guest.abiMajor() << 8 | guest.abiMinor();
        findings.require(
                abi >= policy.minimumAbi(), "policy.abi", "at least " + dotted(policy.minimumAbi()), dotted(abi));
    }

    private void checkPlatform() {
        PlatformInfo platform = report.platformInfo();
        GuestPolicy guest = report.policy();
        findings.require(guest.smt() || !platform.smt(), "platform.smt", "0, as the guest's policy demands", 1);
        findings.require(
                !guest.raplDisabled() || platform.raplDisabled(),
                "platform.rapl_disabled",
                "1, as the guest's policy demands",
                0);
        findings.require(
                !guest.ciphertextHiding() || platform.ciphertextHiding(),
                "platform.ciphertext_hiding",
                "1, as the guest's policy demands",
                0);
        needs(Requirement.RAPL_DISABLED, "platform.rapl_disabled", platform.raplDisabled());
        needs(Requirement.CIPHERTEXT_HIDING, "platform.ciphertext_hiding", platform.ciphertextHiding());
        needs(Requirement.ECC, "platform.ecc", platform.ecc());
        needs(Requirement.ALIAS_CHECK, "platform.alias_check", platform.aliasCheckComplete());
        missing("launch_mitigations", report.launchMitigations());
        missing("current_mitigations", report.currentMitigations());
    }

    private void checkTcb() throws MalformedEvidence {
        SnpTcb reported = report.tcb(TcbField.REPORTED, product);
        SnpTcb committed = report.tcb(TcbField.COMMITTED, product);
        SnpTcb current = report.tcb(TcbField.CURRENT, product);
        notBelow("committed_tcb", committed, "the reported", reported);
        notBelow("current_tcb", current, "the committed", committed);
        SnpTcb minimum = policy.minimumTcb().get(product);
        if (minimum != null) {
            notBelow("reported_tcb", reported, "the minimum", minimum);
        } else {
            findings.require(!policy.minimumTcbRequired(), "reported_tcb", "a product with a minimum", product.label());
        }
        SnpTcb atLaunch = policy.minimumLaunchTcb().get(product);
        if (atLaunch != null) {
            notBelow("launch_tcb", report.tcb(TcbField.LAUNCH, product), "the minimum", atLaunch);
        }
        int since = ALIAS_CHECK_SINCE.get(product);
        findings.require(
                !report.platformInfo().aliasCheckComplete() || reported.snp() >= since,
                "platform.alias_check",
                "a reported snp level of at least " + since + " behind the claim",
                reported.snp());
        findings.require(
                policy.allowed().contains(Allowance.PROVISIONAL_FIRMWARE)
                        || committed.equals(current)
                                && report.committedFirmware().equals(report.currentFirmware()),
                "provisional_firmware",
                "current firmware that is committed",
                "current " + current + ", committed " + committed);
    }

    private void checkFirmware() {
        SnpFirmware current = report.currentFirmware();
        SnpFirmware committed = report.committedFirmware();
        findings.require(committed.compareTo(current) <= 0, "committed_firmware", "at most " + current, committed);
        policy.minimumFirmware()
                .ifPresent(least -> findings.require(
                        committed.compareTo(least) >= 0, "firmware.minimum", "at least " + least, committed));
        int abi = current.major() << 8 | current.minor();
        int demanded = report.policy().abiMajor() << 8 | report.policy().abiMinor();
        findings.require(abi >= demanded, "current_firmware", "at least the guest's " + dotted(demanded), dotted(abi));
    }

    private <T extends Comparable<T>> void among(String rule, Set<T> trusted, T came) {
        findings.require(trusted.contains(came), rule, "one of " + new TreeSet<>(trusted), came);
    }

    private void anyOf(String rule, Set<String> trusted, byte[] came) {
        String hex = ByteReader.hex(came);
        findings.require(
                trusted.isEmpty() || trusted.contains(hex),
                rule,
                "one of " + trusted.size() + " that are allowed",
                hex);
    }

    private void atLeast(String rule, long least, long came) {
        findings.require(came >= least, rule, "at least " + least, came);
    }

    private void allows(Allowance allowance, String rule, boolean came) {
        findings.require(!came || policy.allowed().contains(allowance), rule, 0, 1);
    }

    private void needs(Requirement requirement, String rule, boolean came) {
        findings.require(came || !policy.required().contains(requirement), rule, 1, 0);
    }

    private void missing(String rule, long came) {
        long lacking = policy.mitigations() & ~came;
        findings.require(
                lacking == 0,
                rule,
                "bits 0x" + Long.toHexString(policy.mitigations()),
                report.version() < 5 ? "none told" : "0x" + Long.toHexString(came));
    }

    private void notBelow(String rule, SnpTcb came, String name, SnpTcb least) {
        List<String> below = came.below(least);
        findings.require(below.isEmpty(), rule, "at least " + name + " " + least, came + ": lower in " + below);
    }

    private static String dotted(int abi) {
        return (abi >> 8) + "." + (abi & 0xff);
    }
}
