package ai.coreason.enclave.web.gate;

import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;

/**
 * How large a request's body may be and how long it may take.
 *
 * @param bytes most bytes
 * @param total the time within which all of it must have come
 * @param anonymous whether who has shown neither certificate nor token may send it
 */
record BodyRule(int bytes, Duration total, boolean anonymous) {
    private static final Duration SHORT = Duration.ofSeconds(10);
    private static final Duration LONG = Duration.ofSeconds(60);
    private static final Pattern STREAMED = Pattern.compile("/api/v1/jobs/[^/]+/rounds/[^/]+/updates/[^/]+");

    private record Address(Pattern path, BodyRule rule) {}

    private static final List<Address> ADDRESSES = List.of(
            address("/api/v1/enrolments/nonces", new BodyRule(4 << 10, SHORT, true)),
            address("/api/v1/overseer-evidence", new BodyRule(4 << 10, SHORT, true)),
            address("/api/v1/enrolments", new BodyRule(1 << 20, SHORT, true)),
            address("/api/v1/jobs", new BodyRule(4 << 20, LONG, false)),
            address("/api/v1/ledger-heads/[^/]+", new BodyRule(4 << 20, LONG, false)),
            address("/api/v1/trust-policy", new BodyRule(1 << 20, LONG, false)));

    private static final BodyRule OTHER = new BodyRule(64 << 10, SHORT, false);

    /** The rule for JSON at a path. */
    static BodyRule of(String path) {
        return ADDRESSES.stream()
                .filter(a -> a.path().matcher(path).matches())
                .map(Address::rule)
                .findFirst()
                .orElse(OTHER);
    }

    /** Whether the body at a path is content that is stored as it comes, and not read into memory. */
    static boolean streamed(String method, String path) {
        return method.equals("PUT") && STREAMED.matcher(path).matches();
    }

    private static Address address(String path, BodyRule rule) {
        return new Address(Pattern.compile(path), rule);
    }
}
