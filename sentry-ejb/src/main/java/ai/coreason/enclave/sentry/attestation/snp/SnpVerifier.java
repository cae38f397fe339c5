package ai.coreason.enclave.sentry.attestation.snp;

import ai.coreason.enclave.base.Json;
import ai.coreason.enclave.sentry.attestation.Anchors;
import ai.coreason.enclave.sentry.attestation.Appraisal;
import ai.coreason.enclave.sentry.attestation.ByteReader;
import ai.coreason.enclave.sentry.attestation.MalformedEvidence;
import ai.coreason.enclave.sentry.attestation.snp.SnpReport.TcbField;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Judges SEV-SNP attestation reports (AMD 56860 and 57230). Stateless and thread-safe.
 *
 * <p>In order: the report's form; the certificate of its key; the path to a pinned root; the report's signature; whether
 * report and certificate tell of the same chip, product and patch levels; the root's revocation list where there is one; the
 * policy if there is one. Rules that do not depend on each other are all told; where a form or a signature fails, what rests
 * on it is not judged.
 */
public final class SnpVerifier {
    private SnpVerifier() {}

    /**
     * What evidence consists of; what is missing is empty.
     *
     * @param report 1184 bytes
     * @param vek the certificate of its key, DER or PEM
     * @param chain the certificates of the issuer and the root, PEM
     * @param crl the root's revocation list, DER
     */
    public record Evidence(byte[] report, Optional<byte[]> vek, Optional<byte[]> chain, Optional<byte[]> crl) {}

    /** Judges one report with what there is beside it. */
    public static Appraisal appraise(Evidence evidence, Anchors anchors, Instant at, Optional<SnpPolicy> policy) {
        return appraise(evidence, anchors, at, policy, new Findings());
    }

    /**
     * Judges one report.
     *
     * @param report 1184 bytes
     * @param vek the certificate of its key, DER or PEM
     * @param chain the certificates of the issuer (ASK or ASVK) and the root (ARK), PEM, in any order
     * @param crl the root's revocation list in DER; where it is given it counts, with or without a policy
     * @param anchors the roots that are trusted
     * @param at when certificates and list have to be valid
     * @param policy what is demanded beyond authenticity; if empty, authenticity alone is judged
     */
    public static Appraisal appraise(
            byte[] report,
            byte[] vek,
            byte[] chain,
            Optional<byte[]> crl,
            Anchors anchors,
            Instant at,
            Optional<SnpPolicy> policy) {
        return appraise(
                new Evidence(report, Optional.of(vek), Optional.of(chain), crl), anchors, at, policy, new Findings());
    }

    static Appraisal appraise(
            Evidence evidence, Anchors anchors, Instant at, Optional<SnpPolicy> policy, Findings findings) {
        Appraisal.Claims claims = Appraisal.Claims.none();
        try {
            SnpReport report = SnpReport.parse(evidence.report());
            claims = claims(report, report.product());
            if (evidence.vek().isPresent()) {
                VekCertificate vek = VekCertificate.parse(evidence.vek().get());
                claims = claims(report, Optional.of(report.product().orElse(vek.product())));
                judge(report, vek, evidence, anchors, at, policy, findings);
            } else {
                findings.missing("vek", "the certificate of the " + report.key() + " that signed the report");
            }
        } catch (MalformedEvidence e) {
            findings.broken(e.reason());
        }
        return Appraisal.of(findings.broken(), findings.open(), claims);
    }

    private static void judge(
            SnpReport report,
            VekCertificate vek,
            Evidence evidence,
            Anchors anchors,
            Instant at,
            Optional<SnpPolicy> policy,
            Findings findings)
            throws MalformedEvidence {
        if (evidence.chain().isEmpty()) {
            findings.missing("chain", "the certificates of the key's issuer and of the root");
            return;
        }
        List<X509Certificate> others =
                AmdCertificates.read("chain", evidence.chain().get());
        Optional<SnpChain> chain = SnpChain.verify(vek, others, anchors, at, findings);
        if (chain.isEmpty()
                || !findings.require(
                        EcKey.signed(report, vek.certificate().getPublicKey()),
                        "report.signature",
                        "one of the certified key",
                        "another")) {
            return;
        }
        if (!checkBinding(report, vek, findings)) {
            return;
        }
        checkRevocation(chain.get(), evidence.crl(), at, policy, findings);
        if (policy.isPresent()) {
            new SnpRules(policy.get(), report, vek.product(), findings).check();
        }
    }

    /** Whether report and certificate agree on the product; the other differences are findings only. */
    private static boolean checkBinding(SnpReport report, VekCertificate vek, Findings findings)
            throws MalformedEvidence {
        findings.require(report.key() == vek.key(), "report.signing_key", vek.key(), report.key());
        SnpProduct product = report.product().orElse(vek.product());
        if (!findings.require(
                product == vek.product(),
                "report.cpuid",
                "a processor of " + vek.product().label(),
                product.label())) {
            return false;
        }
        SnpTcb reported = report.tcb(TcbField.REPORTED, product);
        findings.require(reported.equals(vek.tcb()), "report.reported_tcb", "the certificate's " + vek.tcb(), reported);
        for (TcbField field : TcbField.values()) {
            report.tcb(field, product);
        }
        if (vek.hwId().isPresent()) {
            checkChip(report, vek.hwId().get(), findings);
        }
        return true;
    }

    private static void checkChip(SnpReport report, byte[] hwId, Findings findings) {
        if (report.maskChipKey() || report.chipIdIsZero()) {
            findings.require(
                    false,
                    "report.chip_id",
                    "the certificate's hwID, unmasked",
                    report.chipIdIsZero() ? "zeros" : "MASK_CHIP_KEY 1, under which firmware signs with no VCEK");
            return;
        }
        findings.require(
                Arrays.equals(report.chipId(), Arrays.copyOf(hwId, 64)),
                "report.chip_id",
                "the certificate's hwID " + ByteReader.hex(hwId),
                ByteReader.hex(report.chipId()));
    }

    private static void checkRevocation(
            SnpChain chain, Optional<byte[]> crl, Instant at, Optional<SnpPolicy> policy, Findings findings) {
        Optional<Duration> maxAge = policy.flatMap(p -> p.revocation().maxAge());
        if (crl.isPresent()) {
            try {
                SnpRevocation.parse(crl.get()).check(chain, at, maxAge, findings);
            } catch (MalformedEvidence e) {
                findings.broken(e.reason());
            }
        } else if (policy.isPresent() && policy.get().revocation().demand() == SnpPolicy.Demand.REQUIRED) {
            findings.missing("crl", "the revocation list of the root");
        }
    }

    private static Appraisal.Claims claims(SnpReport report, Optional<SnpProduct> product) throws MalformedEvidence {
        ObjectNode tcb = product.isPresent()
                ? report.tcb(TcbField.REPORTED, product.get()).json(product.get())
                : Json.object();
        return new Appraisal.Claims(
                ByteReader.hex(report.measurement()),
                ByteReader.hex(report.reportData()),
                product.map(SnpProduct::label).orElse(""),
                tcb);
    }
}
