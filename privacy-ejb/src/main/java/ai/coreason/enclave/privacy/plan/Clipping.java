package ai.coreason.enclave.privacy.plan;

import ai.coreason.enclave.base.InvalidDocument;
import ai.coreason.enclave.base.JsonFields;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * How the gradient g of one example (or one unit) is bounded, so that adding or removing it changes the sum by at most C
 * in Euclidean norm, whatever the example, up to the rounding of single precision. The noise is the same for all three.
 */
public enum Clipping {
    /** g min(1, C / (|g| + 1e-6)) (Abadi et al. 2016); norm at most C by its form. */
    FLAT,
    /**
     * Each of the L layers on its own by C / sqrt(L) (McMahan et al. 2018): g_l min(1, C / (sqrt(L) (|g_l| +
     * 1e-6))). The layers are the nodes with trainable parameters. Their parts are disjoint coordinates, so the whole has
     * norm sqrt(sum |c(g_l)|^2) at most sqrt(L C^2 / L) = C, and one Gaussian of standard deviation sigma C over all
     * coordinates is the mechanism with the same noise multiplier sigma as flat clipping.
     */
    PER_LAYER,
    /**
     * g C / (|g| + 0.01): no threshold, every gradient scaled (Bu et al. 2023, "AUTO-S"); norm C |g| / (|g| + 0.01) below
     * C. Small gradients are made larger, so the learning rate is that of normalised gradients.
     */
    AUTOMATIC;

    /** The name in a document. */
    public String wire() {
        return name().toLowerCase(Locale.ROOT);
    }

    /**
     * Reads the member {@code clipping} of an object that may have others; flat when left out.
     *
     * @throws InvalidDocument if it is unknown, or other than flat without a mechanism
     */
    public static Clipping read(JsonFields f, Mechanism mechanism) {
        if (!f.has("clipping")) {
            return FLAT;
        }
        List<Clipping> allowed = mechanism == Mechanism.NONE ? List.of(FLAT) : List.of(values());
        String names = allowed.stream().map(Clipping::wire).collect(Collectors.joining(", "));
        String expected = mechanism == Mechanism.NONE ? "flat or nothing with mechanism NONE" : "one of " + names;
        String name = f.text(
                "clipping",
                expected,
                s -> allowed.stream().anyMatch(c -> c.wire().equals(s)));
        return valueOf(name.toUpperCase(Locale.ROOT));
    }
}
