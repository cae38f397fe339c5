package ai.coreason.enclave.overseer.token;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.eclipse.microprofile.config.Config;

/**
 * Whose user tokens this Overseer believes. In simulation those of its own folder's issuer. In production, by configuration:
 * {@code enclave.token.issuer}, {@code enclave.token.audience} and {@code enclave.token.keys} (https), all needed;
 * {@code enclave.token.ca}, a file of authorities that replace the system's; {@code enclave.token.type} (at+jwt),
 * {@code enclave.token.clients} with commas between them (all), {@code enclave.token.roles} (groups) and
 * {@code enclave.token.minutes}, the longest life of a token (60).
 */
@ApplicationScoped
public class UserTokens {
    /** Between two clients' names. */
    public static final String SEPARATOR = ",";

    private static final Pattern BEARER = Pattern.compile("(?i:bearer) +([A-Za-z0-9._~+/=-]+) *");

    private TokenVerifier verifier;

    /** For the container's proxies. */
    protected UserTokens() {}

    /**
     * Reads the configuration.
     *
     * @throws IOException if a file cannot be read
     * @throws IllegalArgumentException naming the variable that does not fit
     */
    @Inject
    public UserTokens(Config config, RevokedUsers revoked) throws IOException {
        this(config, revoked::revoked);
    }

    /** Tokens by a configuration and what is revoked of them. */
    UserTokens(Config config, Revocations revocations) throws IOException {
        boolean simulation = config.getOptionalValue("enclave.mode", String.class)
                .filter("simulation"::equals)
                .isPresent();
        verifier = simulation
                ? simulated(Path.of(config.getValue("enclave.state.dir", String.class)), revocations)
                : configured(name -> config.getOptionalValue("enclave.token." + name, String.class), revocations);
    }

    @FunctionalInterface
    private interface Settings {
        Optional<String> get(String name);

        default String need(String name) {
            return get(name)
                    .orElseThrow(() ->
                            new IllegalArgumentException("enclave.token." + name + ": expected a value, got none"));
        }
    }

    private static TokenVerifier simulated(Path state, Revocations revocations) throws IOException {
        TokenPolicy policy = new TokenPolicy(
                TokenIssuer.ISSUER,
                TokenIssuer.AUDIENCE,
                TokenPolicy.ACCESS_TOKEN,
                Set.of(),
                TokenIssuer.LONGEST,
                TokenPolicy.GROUPS);
        return new TokenVerifier(policy, IssuerKeys.of(state.resolve("tokens").resolve("token.pub")), revocations);
    }

    private static TokenVerifier configured(Settings settings, Revocations revocations) throws IOException {
        Duration longest = settings.get("minutes")
                .map(m -> Duration.ofMinutes(Long.parseLong(m)))
                .orElse(TokenPolicy.HOUR);
        TokenPolicy policy = new TokenPolicy(
                settings.need("issuer"),
                settings.need("audience"),
                settings.get("type").orElse(TokenPolicy.ACCESS_TOKEN),
                settings.get("clients")
                        .map(c -> Set.copyOf(List.of(c.split(SEPARATOR))))
                        .orElse(Set.of()),
                longest,
                settings.get("roles").orElse(TokenPolicy.GROUPS));
        Optional<String> ca = settings.get("ca");
        IssuerTrust trust = ca.isPresent() ? IssuerTrust.of(Path.of(ca.get())) : IssuerTrust.SYSTEM;
        return new TokenVerifier(policy, IssuerKeys.at(URI.create(settings.need("keys")), trust), revocations);
    }

    /** Which tokens are for this Overseer. */
    public TokenPolicy policy() {
        return verifier.policy();
    }

    /**
     * Judges what a caller brings.
     *
     * @param authorization the header of that name (RFC 6750, section 2.1)
     * @return empty if there is no such header
     */
    public Optional<TokenVerdict> judge(Optional<String> authorization) {
        return authorization.map(header -> {
            Matcher bearer = BEARER.matcher(header);
            return bearer.matches()
                    ? verifier.verify(bearer.group(1))
                    : new TokenVerdict.Refused("expected Bearer and one token, got another form");
        });
    }
}
