package ai.coreason.enclave.sentry.data.format;

import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An address of a resource by type and id. Immutable; {@link #toString()} shows none. Source: FHIR R4 2.3.0.1.
 *
 * @param server without the scheme, as one server has both; empty in a relative address
 * @param number of the version; empty where the address has none
 */
record FhirUrl(String server, String type, String id, OptionalLong number) {
    private static final int MAX_LENGTH = 2048;
    private static final Pattern RESOURCE =
            Pattern.compile("(?:https?://([^\\s?#]+)/)?([A-Z][A-Za-z]{0,63}+)/([A-Za-z0-9.-]{1,64}+)"
                    + "(?:/_history/([A-Za-z0-9.-]{1,64}+))?+");

    /** Reads an address; empty where a text is none, such as a search or a {@code urn:uuid:}. */
    static Optional<FhirUrl> parse(String text) {
        Matcher m = RESOURCE.matcher(text);
        if (text.length() > MAX_LENGTH || !m.matches()) {
            return Optional.empty();
        }
        String server = m.group(1) == null ? "" : m.group(1).toLowerCase(Locale.ROOT);
        OptionalLong number = m.group(4) == null ? OptionalLong.empty() : FhirVersion.number(m.group(4));
        return Optional.of(new FhirUrl(server, m.group(2), m.group(3), number));
    }

    /** The server that a fullUrl names; empty where it names none. */
    static String serverOf(String fullUrl) {
        return parse(fullUrl).map(FhirUrl::server).orElse("");
    }

    @Override
    public String toString() {
        return "FhirUrl[REDACTED]";
    }
}
