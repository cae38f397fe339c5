package ai.coreason.enclave.sentry.attestation.intel;

import ai.coreason.enclave.base.InvalidDocument;
import ai.coreason.enclave.base.Json;
import ai.coreason.enclave.base.JsonFields;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * What a policy demands of the platform below an enclave or a domain. Immutable and thread-safe.
 *
 * @param statuses {@code tcb_statuses}: which the TCB may have; by default only {@code UpToDate}
 * @param waivedAdvisories {@code waived_advisories}: those that may stand against a TCB that is not up to date
 * @param minEvaluation {@code min_tcb_evaluation_data_number}: of TCB info and enclave identity; by default 0
 * @param collateralWaivedBy {@code collateral_waived_by}: the operator who does without TCB info and identity
 * @param revocation {@code revocation}: what is demanded of revocation lists
 * @param zeroPadding {@code zero_padding}: whether only zeros may stand behind a quote; by default they must
 */
public record PlatformPolicy(
        Set<TcbStatus> statuses,
        Set<String> waivedAdvisories,
        long minEvaluation,
        Optional<String> collateralWaivedBy,
        Revocation revocation,
        boolean zeroPadding) {

    /**
     * Copies the sets.
     *
     * @throws IllegalArgumentException if no level's status is to be accepted
     */
    public PlatformPolicy {
        if (statuses.contains(TcbStatus.NOT_SUPPORTED)) {
            throw new IllegalArgumentException("tcb_statuses: expected statuses of Intel's, got \"no TCB level\"");
        }
        statuses = Set.copyOf(statuses);
        waivedAdvisories = Set.copyOf(waivedAdvisories);
    }

    /** Everything up to date, collateral required, revocation lists judged where they are given. */
    public static PlatformPolicy strict() {
        return new PlatformPolicy(
                Set.of(TcbStatus.UP_TO_DATE), Set.of(), 0, Optional.empty(), new Revocation.WhereGiven(), true);
    }

    /** Reads a policy; what is left out is as strict as it can be. */
    public static PlatformPolicy read(JsonFields fields) {
        Set<TcbStatus> statuses = EnumSet.of(TcbStatus.UP_TO_DATE);
        if (fields.has("tcb_statuses")) {
            statuses = EnumSet.noneOf(TcbStatus.class);
            for (String wire : fields.texts("tcb_statuses")) {
                statuses.add(TcbStatus.of(wire)
                        .filter(s -> s != TcbStatus.NOT_SUPPORTED)
                        .orElseThrow(() -> InvalidDocument.at(fields.at("tcb_statuses"), "TCB statuses", wire)));
            }
        }
        PlatformPolicy out = new PlatformPolicy(
                statuses,
                fields.has("waived_advisories") ? Set.copyOf(fields.texts("waived_advisories")) : Set.of(),
                fields.whole("min_tcb_evaluation_data_number", 0, Integer.MAX_VALUE, 0),
                fields.has("collateral_waived_by")
                        ? Optional.of(fields.identifier("collateral_waived_by"))
                        : Optional.empty(),
                fields.optionalObject("revocation").map(Revocation::read).orElse(Revocation.DEFAULT),
                fields.flag("zero_padding", true));
        fields.end();
        return out;
    }

    /** As {@link #read} reads it. */
    public ObjectNode toJson() {
        ObjectNode json = Json.object();
        var wires = json.putArray("tcb_statuses");
        statuses.stream().sorted().forEach(s -> wires.add(s.wire()));
        var waived = json.putArray("waived_advisories");
        waivedAdvisories.stream().sorted().forEach(waived::add);
        json.put("min_tcb_evaluation_data_number", minEvaluation);
        collateralWaivedBy.ifPresent(by -> json.put("collateral_waived_by", by));
        json.set("revocation", revocation.toJson());
        json.put("zero_padding", zeroPadding);
        return json;
    }

    /** Judges what is known of a platform. */
    void judge(
            byte[] padding,
            VerifiedCollateral collateral,
            Optional<TcbEvaluation> evaluation,
            Instant at,
            Findings findings) {
        if (zeroPadding) {
            int nonZero = 0;
            for (byte b : padding) {
                nonZero |= b;
            }
            findings.check(nonZero == 0, "quote.padding", "zeros behind the quote", "others");
        }
        if (collateralWaivedBy.isEmpty()) {
            required(collateral.tcbInfo().isPresent(), "collateral.tcb_info", findings);
            required(collateral.qeIdentity().isPresent(), "collateral.qe_identity", findings);
        }
        collateral.tcbInfo().ifPresent(i -> evaluated("tcb_info", i.evaluation(), findings));
        collateral.qeIdentity().ifPresent(i -> evaluated("qe_identity", i.evaluation(), findings));
        evaluation.ifPresent(e -> status(e, findings));
        revocation(collateral, at, findings);
    }

    private void status(TcbEvaluation evaluation, Findings findings) {
        String accepted = statuses.stream().sorted().map(TcbStatus::wire).collect(Collectors.joining(" or "));
        boolean holds =
                findings.check(statuses.contains(evaluation.status()), "tcb.status", accepted, evaluation.words());
        if (holds && evaluation.status() != TcbStatus.UP_TO_DATE) {
            TreeSet<String> left = new TreeSet<>(evaluation.advisories());
            left.removeAll(waivedAdvisories);
            findings.check(left.isEmpty(), "tcb.advisories", "none that is not waived", String.join(", ", left));
        }
    }

    private void evaluated(String name, long number, Findings findings) {
        findings.check(
                number >= minEvaluation,
                name + ".tcb_evaluation_data_number",
                "at least " + minEvaluation,
                Long.toString(number));
    }

    private void revocation(VerifiedCollateral collateral, Instant at, Findings findings) {
        if (revocation instanceof Revocation.Required required) {
            required(collateral.rootCrl().isPresent(), "revocation.root_ca_crl", findings);
            required(collateral.pckCrl().isPresent(), "revocation.pck_crl", findings);
            collateral.pckCrl().ifPresent(list -> {
                Duration age = Duration.between(list.crl().getThisUpdate().toInstant(), at);
                findings.check(
                        age.compareTo(required.maxAge()) <= 0,
                        "revocation.max_age",
                        "at most " + required.maxAge(),
                        age.toString());
            });
        }
    }

    private static void required(boolean there, String rule, Findings findings) {
        if (!there) {
            findings.open(rule, "a document of Intel's", "none");
        }
    }
}
