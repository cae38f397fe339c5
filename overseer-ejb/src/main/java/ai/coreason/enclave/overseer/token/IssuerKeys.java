package ai.coreason.enclave.overseer.token;

import ai.coreason.enclave.base.Pem;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.KeySourceException;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKMatcher;
import com.nimbusds.jose.jwk.JWKSelector;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.source.ImmutableJWKSet;
import com.nimbusds.jose.jwk.source.JWKSource;
import com.nimbusds.jose.jwk.source.JWKSourceBuilder;
import com.nimbusds.jose.jwk.source.RateLimitReachedException;
import com.nimbusds.jose.proc.SecurityContext;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.interfaces.ECPublicKey;
import java.security.spec.X509EncodedKeySpec;
import java.time.Duration;
import java.util.List;
import java.util.function.BooleanSupplier;

/**
 * The public keys of an issuer, a JSON Web Key Set (RFC 7517). A set that is fetched is kept for five minutes, and for an hour
 * while its address does not answer; a token by a key that it does not have fetches it anew, twice a minute at most.
 * Thread-safe.
 */
public final class IssuerKeys {
    private static final Duration KEPT = Duration.ofMinutes(5);
    private static final Duration KEPT_IN_OUTAGE = Duration.ofHours(1);
    private static final Duration REFRESH = Duration.ofSeconds(5);
    private static final Duration BETWEEN = Duration.ofMinutes(1);

    private final JWKSource<SecurityContext> source;
    private final BooleanSupplier known;

    private IssuerKeys(JWKSource<SecurityContext> source, BooleanSupplier known) {
        this.source = source;
        this.known = known;
    }

    /** That there are no keys to judge by. */
    static final class OutOfReach extends Exception {
        private static final long serialVersionUID = 1L;

        OutOfReach() {
            super("expected the issuer's keys to be within reach, got no answer");
        }
    }

    /**
     * The keys at an address.
     *
     * @param address of the set, https
     * @param trust who vouches for the server there
     * @throws IllegalArgumentException if the address is another
     */
    public static IssuerKeys at(URI address, IssuerTrust trust) {
        return at(address, trust, BETWEEN);
    }

    static IssuerKeys at(URI address, IssuerTrust trust, Duration between) {
        KeyDocument document = new KeyDocument(address, trust);
        JWKSource<SecurityContext> source = JWKSourceBuilder.<SecurityContext>create(document.url(), document)
                .cache(KEPT.toMillis(), REFRESH.toMillis())
                .refreshAheadCache(false)
                .rateLimited(between.toMillis())
                .retrying(false)
                .outageTolerant(KEPT_IN_OUTAGE.toMillis())
                .build();
        return new IssuerKeys(source, document::read);
    }

    /**
     * The one key of a file, EC P-256, PEM, as a simulation's issuer has it.
     *
     * @throws IOException if the file cannot be read
     * @throws IllegalStateException if it holds no such key
     */
    public static IssuerKeys of(Path pem) throws IOException {
        String text = Files.readString(pem, StandardCharsets.US_ASCII);
        try {
            ECPublicKey key = (ECPublicKey)
                    KeyFactory.getInstance("EC").generatePublic(new X509EncodedKeySpec(Pem.read("PUBLIC KEY", text)));
            return of(new JWKSet(new ECKey.Builder(Curve.P_256, key).build()));
        } catch (GeneralSecurityException | ClassCastException | IllegalArgumentException | IllegalStateException e) {
            throw new IllegalStateException(pem + ": expected an EC P-256 public key in PEM, got something else", e);
        }
    }

    static IssuerKeys of(JWKSet keys) {
        return new IssuerKeys(new ImmutableJWKSet<>(keys), () -> true);
    }

    /** The keys that a header can mean: of its algorithm's kind and curve, for signatures, with its id where it has one. */
    List<JWK> matching(JWSHeader header) throws OutOfReach {
        try {
            return source.get(new JWKSelector(JWKMatcher.forJWSHeader(header)), null);
        } catch (RateLimitReachedException e) {
            if (known.getAsBoolean()) {
                return List.of();
            }
            throw new OutOfReach();
        } catch (KeySourceException e) {
            throw new OutOfReach();
        }
    }
}
