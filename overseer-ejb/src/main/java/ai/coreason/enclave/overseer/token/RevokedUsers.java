package ai.coreason.enclave.overseer.token;

import ai.coreason.enclave.overseer.stop.StopOrder;
import ai.coreason.enclave.overseer.stop.StopOrders;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Instant;

/** Whose tokens an operator has revoked. A user may come back with a token that was surely issued afterwards. */
@ApplicationScoped
public class RevokedUsers {
    private StopOrders stops;

    /** For the container's proxies. */
    protected RevokedUsers() {}

    /** Those by the orders that stand. */
    @Inject
    public RevokedUsers(StopOrders stops) {
        this.stops = stops;
    }

    /**
     * Whether a token must be refused. Its time is by the issuer's clock, which may be ahead of this one by
     * {@link TokenClaims#SKEW}: a token of that long after the order may be older than the order, and is refused too.
     *
     * @param subject the token's {@code sub}
     * @param issuedAt its {@code iat}; {@link Instant#MIN} if it has none
     */
    public boolean revoked(String subject, Instant issuedAt) {
        return subject.length() <= StopOrder.SUBJECT_LENGTH
                && stops.since(StopOrder.Kind.USER, subject)
                        .filter(order -> !issuedAt.isAfter(order.plus(TokenClaims.SKEW)))
                        .isPresent();
    }
}
