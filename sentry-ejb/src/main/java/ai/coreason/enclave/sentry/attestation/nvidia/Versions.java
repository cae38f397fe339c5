package ai.coreason.enclave.sentry.attestation.nvidia;

import java.util.Arrays;

/** The order of version numbers between dots. */
final class Versions {
    private Versions() {}

    /**
     * Whether a version is one or later than it; a part that is left out is 0, and one that is no number is before all.
     *
     * @param radix of the numbers
     */
    static boolean atLeast(String version, String least, int radix) {
        try {
            return Arrays.compare(parts(version, radix), parts(least, radix)) >= 0;
        } catch (NumberFormatException e) {
            return false;
        }
    }

    private static int[] parts(String version, int radix) {
        int[] all = Arrays.stream(version.split("\\.", -1))
                .mapToInt(p -> Integer.parseUnsignedInt(p, radix))
                .toArray();
        int end = all.length;
        while (end > 0 && all[end - 1] == 0) {
            end--;
        }
        return Arrays.copyOf(all, end);
    }
}
