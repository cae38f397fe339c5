package ai.coreason.enclave.privacy.noise;

import ai.coreason.enclave.base.InvalidDocument;
import ai.coreason.enclave.base.JsonFields;
import java.util.Locale;

/** How one draw of Gaussian noise is made; both forms have the standard normal distribution. */
public enum NoiseForm {
    /** One draw of the ziggurat method. */
    GAUSSIAN,
    /** (a + b + c + d) / 2 of four, against attacks on the gaps between floating-point draws; see {@link SecureNoise}. */
    SUM_OF_FOUR;

    /** The name in a document. */
    public String wire() {
        return name().toLowerCase(Locale.ROOT);
    }

    /**
     * Reads the member {@code noise} of an object that may have others; one draw when left out.
     *
     * @throws InvalidDocument if it is unknown
     */
    public static NoiseForm read(JsonFields f) {
        if (!f.has("noise")) {
            return GAUSSIAN;
        }
        String name = f.text(
                "noise", "gaussian or sum_of_four", s -> s.equals(GAUSSIAN.wire()) || s.equals(SUM_OF_FOUR.wire()));
        return valueOf(name.toUpperCase(Locale.ROOT));
    }
}
