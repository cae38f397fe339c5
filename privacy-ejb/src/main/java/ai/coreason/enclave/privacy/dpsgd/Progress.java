package ai.coreason.enclave.privacy.dpsgd;

/**
 * Hears of each finished step of a training, on the training's thread. What it hears depends on the examples and must not
 * leave the node. An exception that it throws ends the training.
 */
@FunctionalInterface
public interface Progress {
    /** Hears and does nothing. */
    Progress NONE = (step, drawn, nonFinite) -> {};

    /**
     * A step is done.
     *
     * @param step from 1
     * @param drawn examples in the sample; units where the examples are grouped
     * @param nonFinite examples, or units, among them whose gradient's norm was not a finite number, and that counted as zero
     */
    void stepDone(long step, int drawn, int nonFinite);
}
