package ai.coreason.enclave.overseer.token;

/** What came of looking at a token. */
public sealed interface TokenVerdict {
    /** It is valid. */
    record Accepted(User user) implements TokenVerdict {}

    /**
     * It is not.
     *
     * @param why which rule it breaks, what was expected; never a part of the token
     */
    record Refused(String why) implements TokenVerdict {}

    /**
     * Nobody can say, as the issuer's keys are out of reach.
     *
     * @param why never a part of the token
     */
    record Unjudged(String why) implements TokenVerdict {}
}
