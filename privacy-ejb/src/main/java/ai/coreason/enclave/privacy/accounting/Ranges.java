package ai.coreason.enclave.privacy.accounting;

/** The ranges of the accountants' parameters; a value outside is refused with its name, range and value. */
final class Ranges {
    private Ranges() {}

    static double samplingRate(double q) {
        return require(q > 0 && q <= 1, q, "sampling_rate", "a number in (0, 1]");
    }

    static double noiseMultiplier(double sigma) {
        return require(sigma > 0 && sigma < Double.POSITIVE_INFINITY, sigma, "noise_multiplier", "a finite number > 0");
    }

    static long steps(long steps) {
        if (steps < 1) {
            throw new IllegalArgumentException("steps: expected a whole number >= 1, got " + steps);
        }
        return steps;
    }

    static long atMost(long steps) {
        if (steps < 0) {
            throw new IllegalArgumentException("at_most: expected a whole number >= 0, got " + steps);
        }
        return steps;
    }

    static double delta(double delta) {
        return require(delta > 0 && delta < 1, delta, "delta", "a number in (0, 1)");
    }

    static double epsilon(double epsilon, String name) {
        return require(epsilon > 0 && epsilon < Double.POSITIVE_INFINITY, epsilon, name, "a finite number > 0");
    }

    static double spent(double rdp) {
        return require(rdp >= 0 && rdp < Double.POSITIVE_INFINITY, rdp, "spent", "a finite number >= 0");
    }

    static double order(double order) {
        return require(order > 1 && order < Double.POSITIVE_INFINITY, order, "order", "a finite number > 1");
    }

    private static double require(boolean holds, double value, String name, String range) {
        if (!holds) {
            throw new IllegalArgumentException(name + ": expected " + range + ", got " + value);
        }
        return value;
    }
}
