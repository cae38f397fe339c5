package ai.coreason.enclave.sentry.attestation.nvidia;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A reference integrity manifest that its maker had signed: what a version's measurements are. Immutable but for the
 * arrays, which nobody outside the package sees.
 *
 * @param file its name, for reasons
 * @param version of the driver or VBIOS, as the tag's {@code colloquialVersion}
 * @param edition {@code GPU} or {@code SWITCH}; empty if the tag does not say
 * @param product the chip, such as {@code GH100}; empty if the tag does not say
 * @param active values by the index that they have to stand at, from 0; each is a list of alternatives
 * @param unread active resources that are not of this form; a report cannot be held against them
 */
record Rim(
        String file,
        String version,
        String edition,
        String product,
        Map<Integer, List<byte[]>> active,
        List<String> unread) {
    Rim {
        active = new TreeMap<>(active);
        unread = List.copyOf(unread);
    }
}
