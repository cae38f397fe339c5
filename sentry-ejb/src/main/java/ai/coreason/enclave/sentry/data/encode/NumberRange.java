package ai.coreason.enclave.sentry.data.encode;

/**
 * A public range of numbers.
 *
 * @param least less than {@code most}; both finite
 */
record NumberRange(double least, double most) {
    /** Where a number lies in it, in [0, 1]; halved, as the ends' distance may be beyond a double. */
    double place(double v) {
        return Math.max(0, Math.min(1, (v / 2 - least / 2) / (most / 2 - least / 2)));
    }
}
