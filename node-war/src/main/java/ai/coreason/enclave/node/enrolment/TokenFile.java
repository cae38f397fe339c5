package ai.coreason.enclave.node.enrolment;

import ai.coreason.enclave.base.PrivateFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.List;

/**
 * The file with the node's enrolment tokens, one a line: readable and writable by its owner alone, replaced atomically.
 *
 * <p>Between enrolments it holds one token. While an enrolment is under way it also holds the token that the node has
 * chosen for the time after, and if the answer was lost it keeps both: which of the two is good, the Overseer knows.
 */
final class TokenFile {
    private static final long MAX_BYTES = 64 << 10;

    private static final int TOKEN_BYTES = 32;
    private static final SecureRandom RANDOM = new SecureRandom();

    private final Path file;

    TokenFile(Path file) {
        this.file = file;
    }

    /**
     * The tokens, the oldest first; at least one.
     *
     * @throws IOException if there is none; the message names the file and never a token
     */
    List<String> read() throws IOException {
        if (Files.size(file) > MAX_BYTES) {
            throw new IOException(file + ": expected tokens of at most " + MAX_BYTES + " bytes, got more");
        }
        List<String> tokens = Files.readString(file)
                .lines()
                .map(String::strip)
                .filter(line -> !line.isEmpty())
                .toList();
        if (tokens.isEmpty()) {
            throw new IOException(file + ": expected an enrolment token, got an empty file");
        }
        return tokens;
    }

    /** A new token: 32 bytes from {@link SecureRandom}, base64url without padding. */
    static String choose() {
        byte[] secret = new byte[TOKEN_BYTES];
        RANDOM.nextBytes(secret);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(secret);
    }

    /** Puts other tokens in place, in one step. */
    void replace(List<String> tokens) throws IOException {
        PrivateFile.write(file, (String.join("\n", tokens) + "\n").getBytes(StandardCharsets.UTF_8));
    }
}
