package ai.coreason.enclave.sentry.attestation.nvidia;

import ai.coreason.enclave.sentry.attestation.ByteReader;
import ai.coreason.enclave.sentry.attestation.Reason;
import ai.coreason.enclave.sentry.attestation.nvidia.OpaqueData.Decoder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/**
 * Holds a report against manifests, by the rules of NVIDIA's own verifier: each active value of the driver's and of the VBIOS's
 * manifest has to be the report's at that index, or an alternative of it; measurement 35 does not count where the first
 * video decoder is fused off; two manifests must not both speak of one index. Several manifests of one version are revisions,
 * of which one has to agree.
 */
final class RimComparison {
    private static final int DECODER_FIRMWARE = 35;

    private final SpdmReport report;
    private final String chip;

    /** @param chip as the device's certificate names it, such as {@code GH100} */
    RimComparison(SpdmReport report, String chip) {
        this.report = report;
        this.chip = chip;
    }

    /** All rules that are broken, for manifests whose signatures hold. */
    List<Reason> judge(List<Rim> rims) {
        List<Reason> broken = new ArrayList<>();
        List<Rim> drivers = new ArrayList<>();
        List<Rim> bioses = new ArrayList<>();
        for (Rim rim : rims) {
            if (!rim.unread().isEmpty()) {
                String came =
                        rim.unread().size() + " others, such as " + rim.unread().get(0);
                broken.add(new Reason("rim[" + rim.file() + "].payload", "digests alone", came));
            }
            Optional<Architecture> family = Architecture.of(rim.product());
            if (family.isEmpty() || !family.equals(Architecture.of(chip))) {
                broken.add(new Reason("rim[" + rim.file() + "].product", "the family of " + chip, rim.product()));
            } else if (isDriver(rim)) {
                drivers.add(rim);
            } else if (isVbios(rim)) {
                bioses.add(rim);
            } else {
                String versions = report.opaque().driverVersion() + " or "
                        + report.opaque().vbiosVersion();
                broken.add(new Reason("rim[" + rim.file() + "].version", versions, rim.version()));
            }
        }
        Optional<Rim> driver = best(drivers, broken);
        Optional<Rim> vbios = best(bioses, broken);
        if (driver.isPresent() && vbios.isPresent()) {
            List<Integer> both = new ArrayList<>(driver.get().active().keySet());
            both.retainAll(vbios.get().active().keySet());
            if (!both.isEmpty()) {
                broken.add(new Reason("rim.conflict", "each index active in one manifest", both.toString()));
            }
        }
        return broken;
    }

    /** Whether a manifest is of the report's driver. */
    boolean isDriver(Rim rim) {
        return !report.opaque().driverVersion().isEmpty()
                && rim.version().equalsIgnoreCase(report.opaque().driverVersion());
    }

    /** Whether a manifest is of the report's VBIOS. */
    boolean isVbios(Rim rim) {
        return !report.opaque().vbiosVersion().isEmpty()
                && rim.version().equalsIgnoreCase(report.opaque().vbiosVersion());
    }

    private Optional<Rim> best(List<Rim> revisions, List<Reason> broken) {
        Optional<Rim> best = Optional.empty();
        List<Reason> fewest = Collections.emptyList();
        for (Rim rim : revisions) {
            List<Reason> reasons = compare(rim);
            if (best.isEmpty() || reasons.size() < fewest.size()) {
                best = Optional.of(rim);
                fewest = reasons;
            }
        }
        broken.addAll(fewest);
        return best;
    }

    private List<Reason> compare(Rim rim) {
        List<Reason> reasons = new ArrayList<>();
        rim.active().forEach((index, values) -> {
            if (index == DECODER_FIRMWARE && report.opaque().decoder() == Decoder.DISABLED) {
                return;
            }
            byte[] came = report.measurements().get(index + 1);
            if (came == null || values.stream().noneMatch(v -> Arrays.equals(v, came))) {
                String expected = ByteReader.hex(values.get(0)) + (values.size() > 1 ? " or an alternative" : "");
                reasons.add(new Reason(
                        "measurement[" + index + "]",
                        expected + " as " + rim.file() + " says",
                        came == null ? "none" : ByteReader.hex(came)));
            }
        });
        return reasons;
    }
}
