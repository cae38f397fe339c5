package ai.coreason.enclave.privacy.plan;

import java.util.Arrays;
import java.util.stream.Collectors;

/** How the Overseer turns a round's updates into the next model. */
public enum Strategy {
    /** Weighted mean (McMahan et al. 2017). */
    FED_AVG(true),
    /** FedAvg with a proximal term at the nodes (Li et al. 2020). */
    FED_PROX(false),
    /** Control variates (Karimireddy et al. 2020). */
    SCAFFOLD(false),
    /** Adam at the server (Reddi et al. 2021). */
    FED_ADAM(false),
    /** Yogi at the server (Reddi et al. 2021). */
    FED_YOGI(false),
    /** Coordinate-wise trimmed mean (Yin et al. 2018). */
    TRIMMED_MEAN(false),
    /** Coordinate-wise median (Yin et al. 2018). */
    MEDIAN(false),
    /** Krum (Blanchard et al. 2017). */
    KRUM(false);

    private final boolean available;

    Strategy(boolean available) {
        this.available = available;
    }

    /** Whether this version can run it. */
    public boolean available() {
        return available;
    }

    /** The names of those that this version can run, for an error. */
    public static String availableNames() {
        return Arrays.stream(values())
                .filter(Strategy::available)
                .map(Enum::name)
                .collect(Collectors.joining(", "));
    }
}
