package ai.coreason.enclave.privacy.accounting;

/**
 * Where a composed privacy loss distribution is resolved: {@code size} losses, {@code interval} apart, upwards of {@code
 * start}, under the tilt exp(λ loss). Immutable. Any grid gives a valid bound; {@link GridChoice} looks for a tight one.
 *
 * @param interval Δ, in nats
 * @param size number of losses, a power of two
 * @param start the lowest loss wanted
 * @param tilt λ ≥ 0
 * @param tailTilt an order at which Chernoff's bound shows that little lies above the grid
 */
record LossGrid(double interval, int size, double start, double tilt, double tailTilt) {
    /** The same range with twice as many losses. */
    LossGrid finer() {
        return new LossGrid(interval / 2, 2 * size, start, tilt, tailTilt);
    }

    /** The same range with fewer losses, by a power of two. */
    LossGrid coarser(int factor) {
        return new LossGrid(interval * factor, size / factor, start, tilt, tailTilt);
    }

    /** The same losses under another tilt. */
    LossGrid tilted(double other) {
        return new LossGrid(interval, size, start, other, tailTilt);
    }

    /** The same losses and as many below them. */
    LossGrid lower() {
        return new LossGrid(interval, 2 * size, start - size * interval, tilt, tailTilt);
    }

    /** Grid index of the lowest loss. */
    long first() {
        return (long) Math.floor(start / interval);
    }

    double loss(int j) {
        return (first() + j) * interval;
    }

    @Override
    public String toString() {
        return size + "x" + interval;
    }
}
