package ai.coreason.enclave.sentry.attestation;

/**
 * One rule that evidence breaks.
 *
 * @param rule what was judged, such as {@code signature} or {@code report_data.nonce}
 * @param expected what would have been trusted, in words
 * @param came what came; public values only
 */
public record Reason(String rule, String expected, String came) {
    @Override
    public String toString() {
        return rule + ": expected " + expected + ", got " + came;
    }
}
