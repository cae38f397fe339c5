package ai.coreason.enclave.privacy.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class LedgerHeadTest {
    private static final LedgerAuthority FEDERATION = new LedgerAuthority("federation");
    private static final LedgerSeal SEAL = FEDERATION.seal();
    private static final LedgerHead HEAD = new LedgerHead(
            "node_va", "heart", 3, "a".repeat(64), "b".repeat(64), Instant.parse("2026-11-24T00:00:00Z"));

    @Test
    void verified_signedByTheFederation_isTheSameHead() {
        assertThat(LedgerHead.verified(HEAD.signed(SEAL), FEDERATION.trust())).isEqualTo(HEAD);
    }

    @Test
    void verified_anyMemberChanged_isRefused() {
        for (String member : List.of("node_id", "dataset_id", "hash", "nonce", "time")) {
            ObjectNode document = HEAD.signed(SEAL);
            document.put(member, member.equals("time") ? "2026-11-25T00:00:00Z" : "other");
            assertThatThrownBy(() -> LedgerHead.verified(document, FEDERATION.trust()))
                    .as(member)
                    .hasMessageContaining("signature");
        }
        ObjectNode lower = HEAD.signed(SEAL).put("sequence", 2);
        assertThatThrownBy(() -> LedgerHead.verified(lower, FEDERATION.trust())).hasMessageContaining("signature");
    }

    @Test
    void verified_signedByAnotherFederation_isRefused() {
        ObjectNode document = HEAD.signed(new LedgerAuthority("another").seal());
        assertThatThrownBy(() -> LedgerHead.verified(document, FEDERATION.trust()))
                .hasMessageContaining("certificate");
    }

    @Test
    void verified_signatureOfAnotherKindOfDocument_isRefused() {
        ObjectNode document = HEAD.signed(SEAL);
        String certificate = document.remove("certificate").textValue();
        document.remove("signature");
        ObjectNode export = SEAL.sign(LedgerDocument.EXPORT, document);
        export.remove("signer");
        export.put("certificate", certificate);
        assertThatThrownBy(() -> LedgerHead.verified(export, FEDERATION.trust()))
                .hasMessageContaining("signature");
    }

    @Test
    void seal_ofANodesCertificate_isRefused() {
        RowSigner node = FEDERATION.node("node_va");
        assertThatThrownBy(() -> LedgerSeal.of(null, node.certificate())).hasMessageContaining("urn:coreason:enclave");
    }
}
