package ai.coreason.enclave.base;

/** Why something failed, in a line for whoever runs a machine; not for what fails on records, whose message may show them. */
public final class Reason {
    private Reason() {}

    /** The message of the innermost cause, or of a document's fault on the way there; the class where there is no message. */
    public static String of(Throwable failure) {
        Throwable cause = failure;
        while (cause.getCause() != null && !(cause instanceof InvalidDocument)) {
            cause = cause.getCause();
        }
        String message = cause.getMessage();
        return message == null || message.isBlank() ? cause.getClass().getSimpleName() : message;
    }
}
