package ai.coreason.enclave.overseer.token;

import java.time.Duration;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Which tokens of an issuer are for this Overseer (RFC 9068 and RFC 8725).
 *
 * @param issuer what {@code iss} must be, character by character
 * @param audience what must be among {@code aud}
 * @param type what the header's {@code typ} must be, in any case and with or without {@code application/}; {@link #NO_TYPE}
 *     where the issuer writes none
 * @param clients the clients whose users may come, by {@code azp} or {@code client_id}; all if empty
 * @param longest the longest time from {@code iat} to {@code exp}, one minute to 24 hours
 * @param rolesClaim where the roles are: the name of a claim, or names joined by dots for one within another
 */
public record TokenPolicy(
        String issuer, String audience, String type, Set<String> clients, Duration longest, String rolesClaim) {
    /** The type of access tokens (RFC 9068, section 2.1). */
    public static final String ACCESS_TOKEN = "at+jwt";
    /** Stands for a header without {@code typ}. */
    public static final String NO_TYPE = "none";
    /** The claim with the roles where nothing else is said. */
    public static final String GROUPS = "groups";
    /** The longest life of a token where nothing else is said. */
    public static final Duration HOUR = Duration.ofHours(1);
    /** The longest life that can be allowed. */
    public static final Duration DAY = Duration.ofHours(24);

    private static final Pattern NAME = Pattern.compile("[!-~]{1,500}");
    private static final Pattern TYPE = Pattern.compile("[A-Za-z0-9][A-Za-z0-9!#$&^_.+/-]{0,99}");

    /** Refuses what no token can fulfil or what would let any token pass. */
    public TokenPolicy {
        name("issuer", issuer);
        name("audience", audience);
        name("roles claim", rolesClaim);
        clients = Set.copyOf(clients);
        clients.forEach(c -> name("client", c));
        if (!TYPE.matcher(type).matches()) {
            throw new IllegalArgumentException("token type: expected a media type's name, got another text");
        }
        if (longest.compareTo(Duration.ofMinutes(1)) < 0 || longest.compareTo(DAY) > 0) {
            throw new IllegalArgumentException("token lifetime: expected 1 minute to 24 hours, got " + longest);
        }
    }

    /** Whether a header's type is the one wanted. */
    boolean takes(String headerType) {
        return headerType == null
                ? type.equals(NO_TYPE)
                : !type.equals(NO_TYPE) && bare(type).equalsIgnoreCase(bare(headerType));
    }

    private static String bare(String type) {
        String application = "application/";
        return type.regionMatches(true, 0, application, 0, application.length())
                ? type.substring(application.length())
                : type;
    }

    private static void name(String what, String text) {
        if (!NAME.matcher(text).matches()) {
            throw new IllegalArgumentException(
                    what + ": expected 1 to 500 printable ASCII characters without spaces, got another text");
        }
    }
}
