package ai.coreason.enclave.privacy.graph;

import ai.coreason.enclave.base.InvalidDocument;
import ai.coreason.enclave.privacy.graph.operator.Shape;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/** The loss of one example, as PyTorch defines it; the loss of a batch is the sum over its examples. */
public enum LossKind {
    /** Softmax cross entropy between one row of logits {@code [classes]} and a class index. */
    CROSS_ENTROPY,
    /** Binary cross entropy with logits, the mean over the outputs. */
    BCE_WITH_LOGITS,
    /** Squared error, the mean over the outputs. */
    MSE;

    /** Which there are, in words. */
    static final String WORDS =
            "one of " + Arrays.stream(values()).map(LossKind::wire).collect(Collectors.joining(", "));

    /** The name in a document. */
    public String wire() {
        return name().toLowerCase(Locale.ROOT);
    }

    /**
     * Finds a loss by its name in a document.
     *
     * @throws InvalidDocument at {@code path} if there is none
     */
    static LossKind named(String wire, String path) {
        return Arrays.stream(values())
                .filter(l -> l.wire().equals(wire))
                .findFirst()
                .orElseThrow(() -> InvalidDocument.at(path, WORDS, '"' + wire + '"'));
    }

    /** What the model's output has to be, in words, if one of the given shape does not fit. */
    Optional<String> misfit(Shape output) {
        boolean fits = this != CROSS_ENTROPY || (output.rank() == 1 && output.extent(0) >= 2);
        return fits ? Optional.empty() : Optional.of("an output of shape [classes], classes >= 2");
    }
}
