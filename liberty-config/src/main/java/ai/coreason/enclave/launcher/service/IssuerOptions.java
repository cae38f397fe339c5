package ai.coreason.enclave.launcher.service;

import ai.coreason.enclave.overseer.token.IssuerKeys;
import ai.coreason.enclave.overseer.token.IssuerTrust;
import ai.coreason.enclave.overseer.token.TokenPolicy;
import ai.coreason.enclave.overseer.token.UserTokens;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Whose user tokens an Overseer in production takes, and which of them. */
final class IssuerOptions {
    @Spec(Spec.Target.MIXEE)
    private CommandSpec spec;

    @Option(
            names = "--issuer",
            paramLabel = "ISSUER",
            description =
                    "the iss claim of user tokens; required, with --keys and --audience, unless --simulation is given")
    private String issuer;

    @Option(names = "--keys", paramLabel = "URL", description = "the issuer's keys, a JSON Web Key Set, by https")
    private URI keys;

    @Option(
            names = "--audience",
            paramLabel = "AUDIENCE",
            description = "what a token's aud must contain: the name of this Overseer at the issuer")
    private String audience;

    @Option(
            names = "--issuer-ca",
            paramLabel = "FILE",
            description =
                    "certificates (PEM) that the server of --keys is checked against; default: the authorities that Java trusts")
    private Path ca;

    @Option(
            names = "--client",
            paramLabel = "CLIENT",
            description =
                    "a client application (azp or client_id) whose tokens are accepted; may be repeated; default: any")
    private List<String> clients = new ArrayList<>();

    @Option(
            names = "--token-type",
            paramLabel = "TYPE",
            description = "the typ header of access tokens, or none for an issuer that sets no typ; default: at+jwt")
    private String type;

    @Option(
            names = "--roles-claim",
            paramLabel = "CLAIM",
            description = "the claim that holds the roles, with dots for nested claims; default: groups")
    private String rolesClaim;

    @Option(
            names = "--max-token-lifetime",
            paramLabel = "MINUTES",
            description = "the longest lifetime (iat to exp) of a token, 1 to 1440; default: 60")
    private Long minutes;

    /**
     * What was given, as variables of the server's configuration.
     *
     * @param simulation where none may be given
     * @throws ParameterException naming the first option that does not fit
     */
    Map<String, String> variables(boolean simulation) {
        Map<String, Object> given = given();
        if (simulation) {
            given.forEach((option, value) -> {
                throw wrong(option, "none with --simulation", value);
            });
            return Map.of();
        }
        need("--issuer", "the issuer of user tokens, or --simulation", issuer);
        need("--keys", "the address of the issuer's keys, or --simulation", keys);
        need("--audience", "the name of this Overseer among a token's aud, or --simulation", audience);
        check();
        Map<String, String> variables = new HashMap<>();
        variables.put("enclave.token.issuer", issuer);
        variables.put("enclave.token.keys", keys.toString());
        variables.put("enclave.token.audience", audience);
        put(variables, "ca", ca == null ? null : ca.toAbsolutePath().normalize());
        put(variables, "clients", clients.isEmpty() ? null : String.join(UserTokens.SEPARATOR, clients));
        put(variables, "type", type);
        put(variables, "roles", rolesClaim);
        put(variables, "minutes", minutes);
        return variables;
    }

    private Map<String, Object> given() {
        Map<String, Object> given = new LinkedHashMap<>();
        given.put("--issuer", issuer);
        given.put("--keys", keys);
        given.put("--audience", audience);
        given.put("--issuer-ca", ca);
        given.put("--client", clients.isEmpty() ? null : clients.get(0));
        given.put("--token-type", type);
        given.put("--roles-claim", rolesClaim);
        given.put("--max-token-lifetime", minutes);
        given.values().removeIf(Objects::isNull);
        return given;
    }

    /** As the server will read them, so that a wrong one stops the command and not the server. */
    private void check() {
        if (minutes != null && (minutes < 1 || minutes > TokenPolicy.DAY.toMinutes())) {
            throw wrong("--max-token-lifetime", "1 to " + TokenPolicy.DAY.toMinutes(), minutes);
        }
        clients.stream()
                .filter(c -> c.contains(UserTokens.SEPARATOR))
                .findFirst()
                .ifPresent(c -> {
                    throw wrong("--client", "a client's name without commas", c);
                });
        try {
            new TokenPolicy(
                    issuer,
                    audience,
                    type == null ? TokenPolicy.ACCESS_TOKEN : type,
                    Set.copyOf(clients),
                    minutes == null ? TokenPolicy.HOUR : Duration.ofMinutes(minutes),
                    rolesClaim == null ? TokenPolicy.GROUPS : rolesClaim);
        } catch (IllegalArgumentException e) {
            int colon = e.getMessage().indexOf(':');
            String option = "--" + e.getMessage().substring(0, colon).replace(' ', '-');
            throw new ParameterException(
                    spec.commandLine(), option + e.getMessage().substring(colon));
        }
        IssuerTrust trust = trust();
        try {
            IssuerKeys.at(keys, trust);
        } catch (IllegalArgumentException e) {
            throw wrong("--keys", "https://HOST[:PORT][/PATH]", keys.getScheme() + "://" + keys.getHost());
        }
    }

    private IssuerTrust trust() {
        if (ca == null) {
            return IssuerTrust.SYSTEM;
        }
        try {
            return IssuerTrust.of(ca);
        } catch (IOException e) {
            throw wrong("--issuer-ca", "a file of certificates in PEM", "nothing at " + ca);
        } catch (IllegalArgumentException e) {
            throw wrong("--issuer-ca", "certificates in PEM", "something else in " + ca);
        }
    }

    private static void put(Map<String, String> variables, String name, Object value) {
        if (value != null) {
            variables.put("enclave.token." + name, value.toString());
        }
    }

    private void need(String option, String expected, Object value) {
        if (value == null) {
            throw wrong(option, expected, "nothing");
        }
    }

    private ParameterException wrong(String option, String expected, Object got) {
        return new ParameterException(spec.commandLine(), option + ": expected " + expected + ", got " + got);
    }
}
