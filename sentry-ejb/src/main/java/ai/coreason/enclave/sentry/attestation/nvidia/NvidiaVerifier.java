package ai.coreason.enclave.sentry.attestation.nvidia;

import ai.coreason.enclave.base.Json;
import ai.coreason.enclave.sentry.attestation.Anchors;
import ai.coreason.enclave.sentry.attestation.Appraisal;
import ai.coreason.enclave.sentry.attestation.Appraisal.Claims;
import ai.coreason.enclave.sentry.attestation.ByteReader;
import ai.coreason.enclave.sentry.attestation.MalformedEvidence;
import ai.coreason.enclave.sentry.attestation.Reason;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.security.cert.X509CRL;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Judges evidence of NVIDIA devices as NVIDIA's verifier does: the device's chain to the pinned root, the signature of its SPDM
 * report, the firmware id in both, the signatures of manifests; and by a policy, the measurements and the rest. Rules that rest
 * on a signature that does not hold are not judged. Immutable and thread-safe.
 *
 * @param anchors trusted roots
 * @param at the time at which certificates have to be valid
 * @param policy what is demanded beyond signatures; without one, nothing is
 */
public record NvidiaVerifier(Anchors anchors, Instant at, Optional<NvidiaPolicy> policy) {
    static final String CHAIN = "device_chain";

    /**
     * Judges a device.
     *
     * @return claims: the measurement is SHA-384 over all measurements in order, the report data is the nonce
     */
    public Appraisal verify(NvidiaEvidence evidence) {
        List<Reason> broken = new ArrayList<>();
        List<Rim> rims = new ArrayList<>();
        List<CertificateChain> chains = new ArrayList<>();
        read(evidence.rims(), broken, rims, chains);
        boolean rimsHold = broken.isEmpty();
        SpdmReport report;
        CertificateChain chain;
        try {
            report = SpdmReport.parse(evidence.report());
            chain = CertificateChain.ofPem(CHAIN, evidence.chain());
        } catch (MalformedEvidence e) {
            broken.add(e.reason());
            return Appraisal.of(broken, List.of(), Claims.none());
        }
        String chip = chip(chain);
        Claims claims = claims(report, chip);
        List<Reason> untrue = chain.judge(CertificateChain.Purpose.DEVICE, anchors, at);
        boolean chainHolds = untrue.isEmpty();
        if (!report.isSignedBy(chain.leaf().getPublicKey())) {
            untrue.add(new Reason("report.signature", "one by the leaf of the device's chain", "another"));
        }
        if (chainHolds) {
            judgeFirmware(report, chain, untrue, broken);
        }
        broken.addAll(untrue);
        List<Reason> open = new ArrayList<>();
        if (untrue.isEmpty() && policy.isPresent()) {
            chains.add(chain);
            judgeReport(policy.get(), report, chip, broken);
            judgeRevocation(policy.get(), chains, evidence.lists(), broken, open);
            if (rimsHold) {
                judgeRims(policy.get(), new RimComparison(report, chip), chip, rims, broken, open);
            }
        }
        return Appraisal.of(broken, open, claims);
    }

    /**
     * Judges manifests by themselves.
     *
     * @param rims XML by file name
     * @return claims: the product and version of the first
     */
    public Appraisal verifyRims(Map<String, byte[]> rims, List<X509CRL> lists) {
        List<Reason> broken = new ArrayList<>();
        List<Reason> open = new ArrayList<>();
        List<Rim> read = new ArrayList<>();
        List<CertificateChain> chains = new ArrayList<>();
        read(rims, broken, read, chains);
        policy.ifPresent(p -> judgeRevocation(p, chains, lists, broken, open));
        if (rims.isEmpty()) {
            open.add(new Reason("rim", "a manifest", "none"));
        }
        Claims claims = Claims.none();
        if (!read.isEmpty()) {
            Rim rim = read.get(0);
            ObjectNode tcb = Json.object().put("version", rim.version()).put("edition", rim.edition());
            claims = new Claims("", "", rim.product(), tcb);
        }
        return Appraisal.of(broken, open, claims);
    }

    private void read(Map<String, byte[]> xml, List<Reason> broken, List<Rim> rims, List<CertificateChain> chains) {
        RimParser parser = new RimParser(anchors, at);
        xml.forEach((file, bytes) -> {
            RimParser.Read read = parser.read(file, bytes);
            broken.addAll(read.broken());
            rims.addAll(read.rims());
            chains.addAll(read.chains());
        });
    }

    private void judgeFirmware(SpdmReport report, CertificateChain chain, List<Reason> untrue, List<Reason> broken) {
        try {
            DiceIdentity identity = DiceIdentity.of(chain.leaf());
            Optional<byte[]> reported = report.opaque().fwid();
            byte[] certified = identity.fwid().orElse(new byte[0]);
            if (reported.isPresent() && !Arrays.equals(reported.get(), certified)) {
                untrue.add(new Reason("fwid", ByteReader.hex(certified), ByteReader.hex(reported.get())));
            }
            if (identity.debug() && policy.isPresent() && !policy.get().debug()) {
                broken.add(new Reason("debug", "firmware in no debug mode", "in one"));
            }
        } catch (MalformedEvidence e) {
            untrue.add(e.reason());
        }
    }

    private static void judgeReport(NvidiaPolicy policy, SpdmReport report, String chip, List<Reason> broken) {
        Optional<Architecture> family = Architecture.of(chip);
        if (family.isEmpty() || !policy.architectures().contains(family.get())) {
            broken.add(new Reason("architecture", "one of " + policy.architectures(), chip));
        }
        if (report.trailing() > 0 && !policy.trailingByte()) {
            broken.add(new Reason("trailing", "the end after the signature", report.trailing() + " more byte"));
        }
        String nonce = ByteReader.hex(report.nonce());
        if (policy.nonce().isPresent() && !policy.nonce().get().equals(nonce)) {
            broken.add(new Reason("nonce", policy.nonce().get(), nonce));
        }
        boolean driverless = family.equals(Optional.of(Architecture.LS10));
        String driver = report.opaque().driverVersion();
        if (!driverless && !Versions.atLeast(driver, policy.minimumDriver(), 10)) {
            broken.add(new Reason("minimum_driver", policy.minimumDriver() + " or later", driver));
        }
        String vbios = report.opaque().vbiosVersion();
        if (!Versions.atLeast(vbios, policy.minimumVbios(), 16)) {
            broken.add(new Reason("minimum_vbios", policy.minimumVbios() + " or later", vbios));
        }
    }

    private void judgeRevocation(
            NvidiaPolicy policy,
            List<CertificateChain> chains,
            List<X509CRL> lists,
            List<Reason> broken,
            List<Reason> open) {
        List<Reason> unknown = new ArrayList<>();
        chains.forEach(c -> new RevocationLists(lists, at).judge(c, broken, unknown));
        if (policy.revocation() == NvidiaPolicy.Revocation.REQUIRED) {
            open.addAll(unknown);
        }
    }

    private static void judgeRims(
            NvidiaPolicy policy,
            RimComparison comparison,
            String chip,
            List<Rim> rims,
            List<Reason> broken,
            List<Reason> open) {
        broken.addAll(comparison.judge(rims));
        if (policy.rims() == NvidiaPolicy.Rims.REQUIRED) {
            if (rims.stream().noneMatch(comparison::isVbios)) {
                open.add(new Reason("rim.vbios", "a manifest of the report's VBIOS", "none"));
            }
            boolean driverless = Architecture.of(chip).equals(Optional.of(Architecture.LS10));
            if (!driverless && rims.stream().noneMatch(comparison::isDriver)) {
                open.add(new Reason("rim.driver", "a manifest of the report's driver", "none"));
            }
        }
    }

    /** The chip that a device's certificate names, such as {@code GH100}; empty if it names none. */
    static String chip(CertificateChain chain) {
        String name = chain.leafName();
        int end = name.indexOf(' ');
        String chip = end < 0 ? name : name.substring(0, end);
        return chip.matches("[A-Za-z0-9_]{1,16}") ? chip : "";
    }

    private static Claims claims(SpdmReport report, String chip) {
        OpaqueData opaque = report.opaque();
        ObjectNode tcb = Json.object().put("driver", opaque.driverVersion()).put("vbios", opaque.vbiosVersion());
        tcb.put("board", opaque.board());
        opaque.fwid().ifPresent(f -> tcb.put("fwid", ByteReader.hex(f)));
        return new Claims(ByteReader.hex(report.measurementDigest()), ByteReader.hex(report.nonce()), chip, tcb);
    }
}
