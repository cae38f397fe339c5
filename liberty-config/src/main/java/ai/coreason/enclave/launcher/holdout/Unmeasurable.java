package ai.coreason.enclave.launcher.holdout;

/** Why an accuracy cannot be told; the message is for people and names public things only. */
public final class Unmeasurable extends Exception {
    private static final long serialVersionUID = 1L;

    Unmeasurable(String message) {
        super(message);
    }
}
