package ai.coreason.enclave.sentry.airlock;

import ai.coreason.enclave.privacy.plan.PlanRanges;

/**
 * One rule of the airlock that a file breaks. It names the tensor, never a value of it.
 *
 * @param tensor the tensor's name, the metadata's key, or {@code update} for the whole; at most 60 characters
 * @param rule what was broken
 * @param expected what would have passed, in words
 */
public record Violation(String tensor, Rule rule, String expected) {
    private static final int SHOWN = 60;

    /** The rules, each of which a file is judged by. */
    public enum Rule {
        /** A parameter of the graph is not there. */
        MISSING,
        /** A tensor is not one of the graph's. */
        UNKNOWN,
        /** A tensor is not F32. */
        DTYPE,
        /** A tensor has another shape than the graph's. */
        SHAPE,
        /** An element is infinite or not a number. */
        NOT_FINITE,
        /** An element of a model is larger than training starts from, see {@link PlanRanges#LARGEST_WEIGHT}. */
        MAGNITUDE,
        /** The L2 norm over all tensors exceeds the limit. */
        NORM,
        /** A metadata entry is not one that may pass. */
        METADATA
    }

    /** Cuts the name. */
    public Violation {
        tensor = tensor.length() > SHOWN ? tensor.substring(0, SHOWN) + "…" : tensor;
    }

    @Override
    public String toString() {
        return tensor + ": " + rule + ", expected " + expected;
    }
}
