package ai.coreason.enclave.launcher.terminal;

import ai.coreason.enclave.base.InvalidDocument;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A file that a command line names and that cannot be used; the message begins with its place on the command line. */
public final class UnusableFile extends IOException {
    private static final long serialVersionUID = 1L;
    private static final String WHOLE = "document: ";

    private UnusableFile(String message, Throwable cause) {
        super(message, cause);
    }

    /**
     * A file with other content than expected.
     *
     * @param place such as {@code --from ledger.json}
     * @param expected what the file should be
     */
    public static UnusableFile content(String place, String expected, RuntimeException why) {
        String said = String.valueOf(why.getMessage());
        boolean whole = why instanceof InvalidDocument && said.startsWith(WHOLE);
        return new UnusableFile(
                place + ": "
                        + (whole ? said.substring(WHOLE.length()) : "expected " + expected + ", got another: " + said),
                why);
    }

    /**
     * Refuses what is no file.
     *
     * @param place such as {@code --from ledger.json}
     * @param inFolder the name of such a file in a folder that was named by mistake
     * @throws UnusableFile if it is a folder, or nothing
     */
    public static void requireFile(String place, Path file, String inFolder) throws UnusableFile {
        if (Files.isDirectory(file)) {
            Path meant = file.resolve(inFolder);
            throw new UnusableFile(
                    place + ": expected a file, got a folder"
                            + (Files.isRegularFile(meant) ? "; did you mean " + meant + "?" : ""),
                    null);
        }
        if (!Files.isRegularFile(file)) {
            throw new UnusableFile(place + ": expected a file, got nothing", null);
        }
        if (!Files.isReadable(file)) {
            throw new UnusableFile(place + ": expected a file that this user may read", null);
        }
    }
}
