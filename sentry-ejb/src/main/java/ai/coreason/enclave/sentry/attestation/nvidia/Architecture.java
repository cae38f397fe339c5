package ai.coreason.enclave.sentry.attestation.nvidia;

import java.util.Locale;
import java.util.Optional;

/** A family of devices. */
public enum Architecture {
    /** GPUs such as GH100. */
    HOPPER("GH"),
    /** GPUs such as GB100. */
    BLACKWELL("GB"),
    /** Switches such as LS10. */
    LS10("LS");

    private final String prefix;

    Architecture(String prefix) {
        this.prefix = prefix;
    }

    /** The family of a chip by its name, such as {@code GH100}; empty if it is of another. */
    static Optional<Architecture> of(String chip) {
        String name = chip.toUpperCase(Locale.ROOT);
        for (Architecture a : values()) {
            if (name.startsWith(a.prefix)) {
                return Optional.of(a);
            }
        }
        return Optional.empty();
    }
}
