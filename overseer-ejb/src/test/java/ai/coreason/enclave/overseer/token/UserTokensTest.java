package ai.coreason.enclave.overseer.token;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.coreason.enclave.overseer.token.TokenVerdict.Accepted;
import ai.coreason.enclave.overseer.token.TokenVerdict.Refused;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.eclipse.microprofile.config.Config;
import org.eclipse.microprofile.config.ConfigValue;
import org.eclipse.microprofile.config.spi.ConfigSource;
import org.eclipse.microprofile.config.spi.Converter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class UserTokensTest {
    @TempDir
    private Path folder;

    private UserTokens simulated() throws Exception {
        return new UserTokens(
                new Settings(Map.of("enclave.mode", "simulation", "enclave.state.dir", folder.toString())),
                Revocations.NONE);
    }

    @Test
    void judge_bearer_isTheTokensVerdict() throws Exception {
        String token = TokenIssuer.open(folder.resolve("tokens")).issue("ann", "foundry", Duration.ofHours(24));

        for (String header : new String[] {"Bearer " + token, "bearer  " + token + " "}) {
            assertThat(simulated().judge(Optional.of(header)))
                    .contains(new Accepted(new User("ann", "ann", Set.of("foundry"))));
        }
        assertThat(simulated().judge(Optional.empty())).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "Bearer", "Bearer ", "Basic YTpi", "Bearer a,Bearer b", "Bearer a b", "Bearera", "token"})
    void judge_anotherForm_isRefusedWithoutQuotingIt(String header) throws Exception {
        TokenIssuer.open(folder.resolve("tokens"));

        assertThat(simulated().judge(Optional.of(header)).orElseThrow())
                .isInstanceOfSatisfying(
                        Refused.class,
                        r -> assertThat(r.why()).isEqualTo("expected Bearer and one token, got another form"));
    }

    @Test
    void policy_production_isThatOfTheConfiguration() throws Exception {
        Map<String, String> settings = new HashMap<>(Map.of(
                "enclave.mode", "production",
                "enclave.token.issuer", "https://id.test",
                "enclave.token.audience", "overseer",
                "enclave.token.keys", "https://id.test/keys"));
        assertThat(new UserTokens(new Settings(settings), Revocations.NONE).policy())
                .isEqualTo(new TokenPolicy(
                        "https://id.test", "overseer", "at+jwt", Set.of(), Duration.ofHours(1), "groups"));

        settings.putAll(Map.of(
                "enclave.token.type", "JWT",
                "enclave.token.clients", "a,b",
                "enclave.token.roles", "realm_access.roles",
                "enclave.token.minutes", "5"));
        assertThat(new UserTokens(new Settings(settings), Revocations.NONE).policy())
                .isEqualTo(new TokenPolicy(
                        "https://id.test",
                        "overseer",
                        "JWT",
                        Set.of("a", "b"),
                        Duration.ofMinutes(5),
                        "realm_access.roles"));
    }

    @ParameterizedTest
    @CsvSource({
        "enclave.token.issuer,,enclave.token.issuer: expected a value",
        "enclave.token.audience,,enclave.token.audience: expected a value",
        "enclave.token.keys,,enclave.token.keys: expected a value",
        "enclave.token.keys,http://id.test/keys,keys: expected https",
        "enclave.token.minutes,1441,token lifetime: expected",
        "enclave.token.type,a b,token type: expected",
        "enclave.token.clients,a b,client: expected"
    })
    void make_productionWithAWrongSetting_namesIt(String name, String value, String message) {
        Map<String, String> settings = new HashMap<>(Map.of(
                "enclave.token.issuer", "https://id.test",
                "enclave.token.audience", "overseer",
                "enclave.token.keys", "https://id.test/keys"));
        settings.remove(name);
        if (value != null) {
            settings.put(name, value);
        }

        assertThatThrownBy(() -> new UserTokens(new Settings(settings), Revocations.NONE))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith(message);
    }

    /** Configuration of texts alone. */
    private record Settings(Map<String, String> values) implements Config {
        @Override
        public <T> T getValue(String name, Class<T> type) {
            return getOptionalValue(name, type).orElseThrow();
        }

        @Override
        public ConfigValue getConfigValue(String name) {
            throw new UnsupportedOperationException();
        }

        @Override
        public <T> Optional<T> getOptionalValue(String name, Class<T> type) {
            return Optional.ofNullable(values.get(name)).map(type::cast);
        }

        @Override
        public Iterable<String> getPropertyNames() {
            return values.keySet();
        }

        @Override
        public Iterable<ConfigSource> getConfigSources() {
            throw new UnsupportedOperationException();
        }

        @Override
        public <T> Optional<Converter<T>> getConverter(Class<T> type) {
            throw new UnsupportedOperationException();
        }

        @Override
        public <T> T unwrap(Class<T> type) {
            throw new UnsupportedOperationException();
        }
    }
}
