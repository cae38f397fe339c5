package ai.coreason.enclave.privacy.plan;

/** How single examples are protected in training. */
public enum Mechanism {
    /** Per-example clipping and Gaussian noise. */
    DP_SGD,
    /** No clipping and no noise, with the same sampling and the same normaliser; simulation or public data only. */
    NONE
}
