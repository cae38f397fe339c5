package ai.coreason.enclave.node.copies;

/**
 * A file of fingerprints that cannot be compared, as it was altered, was made under another key or is of another version.
 * The message names the file, what was expected and what came, and nothing of the fingerprints.
 */
public final class UnusableSketch extends Exception {
    private static final long serialVersionUID = 1L;

    UnusableSketch(String file, String expected, String came) {
        super(file + ": expected " + expected + ", got " + came);
    }
}
