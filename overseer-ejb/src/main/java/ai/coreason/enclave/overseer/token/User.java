package ai.coreason.enclave.overseer.token;

import java.security.Principal;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Whom a token names.
 *
 * @param subject the issuer's own name for the user, {@code sub}, which the issuer gives to nobody else (RFC 9068, section
 *     2.2): what jobs belong to and what the audit log holds; 1 to 200 printable ASCII characters, no space at either end
 * @param display the name by which people know the user, for reading only: 1 to 64 characters, none of which controls
 *     anything; the issuer may change it or give it to others
 * @param roles what the user may do
 */
public record User(String subject, String display, Set<String> roles) implements Principal {
    /** The longest subject, characters. */
    public static final int LONGEST_SUBJECT = 200;

    static final int LONGEST_DISPLAY = 64;

    private static final Pattern SUBJECT = Pattern.compile("[!-~](?:[ -~]{0,198}[!-~])?");

    /** Refuses what no token can name. */
    public User {
        if (!isSubject(subject)) {
            throw new IllegalArgumentException("subject: expected 1 to 200 printable ASCII characters, got another");
        }
        if (display.isEmpty() || !display.equals(Printed.of(display, LONGEST_DISPLAY))) {
            throw new IllegalArgumentException("display: expected 1 to 64 characters without controls, got another");
        }
        roles = Set.copyOf(roles);
    }

    /** The subject. */
    @Override
    public String getName() {
        return subject;
    }

    static boolean isSubject(String text) {
        return SUBJECT.matcher(text).matches();
    }
}
