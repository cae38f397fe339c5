package ai.coreason.enclave.node.training;

import ai.coreason.enclave.base.InvalidDocument;
import java.nio.file.FileSystemException;
import java.util.Arrays;
import java.util.stream.Collectors;

/**
 * An unexpected failure as it may stand in a log: classes and places, and a message only where it is known to repeat no
 * record, because what fails on a value likes to show it.
 */
final class Fault {
    private static final int FRAMES = 6;
    private static final int CAUSES = 8;

    private Fault() {}

    static String of(Throwable failure) {
        StringBuilder out = new StringBuilder();
        Throwable cause = failure;
        for (int i = 0; i < CAUSES && cause != null; i++) {
            out.append(i == 0 ? "" : " <- ").append(cause.getClass().getName());
            if (cause instanceof InvalidDocument || cause instanceof FileSystemException) {
                out.append(": ").append(cause.getMessage());
            }
            out.append(Arrays.stream(cause.getStackTrace())
                    .limit(FRAMES)
                    .map(f -> f.getFileName() + ":" + f.getLineNumber())
                    .collect(Collectors.joining(" ", " at ", "")));
            cause = cause.getCause();
        }
        return out.toString();
    }
}
