package ai.coreason.enclave.privacy.plan;

import java.util.Locale;

/** A figure of training that leaves the node where a job asks for it. */
public enum Metric {
    /** The mean loss of an example, each clipped to [0, the plan's largest loss]. */
    LOSS,
    /** The share of examples whose label is predicted: the largest logit, or whether the one logit is above 0. */
    ACCURACY;

    /** The name in a document. */
    public String wire() {
        return name().toLowerCase(Locale.ROOT);
    }
}
