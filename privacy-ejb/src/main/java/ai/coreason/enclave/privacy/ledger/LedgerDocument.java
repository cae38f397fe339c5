package ai.coreason.enclave.privacy.ledger;

import ai.coreason.enclave.base.Json;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/**
 * The documents that an Overseer signs about ledgers. Signed is the document's name, a line feed, and the canonical JSON
 * (RFC 8785) of the document without its {@code signature}; the signer's certificate is a member that is signed along.
 */
public enum LedgerDocument {
    /** A countersigned head. */
    HEAD("coreason/ledger-head/v1", "certificate"),
    /** An export. */
    EXPORT("coreason/ledger-export/v1", "signer");

    /** The member that holds the signature, base64. */
    static final String SIGNATURE = "signature";

    private final String context;
    private final String certificate;

    LedgerDocument(String context, String certificate) {
        this.context = context;
        this.certificate = certificate;
    }

    /** The member that holds the signer's certificate, PEM. */
    String certificate() {
        return certificate;
    }

    byte[] message(ObjectNode document) {
        ObjectNode unsigned = document.deepCopy();
        unsigned.remove(SIGNATURE);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes((context + "\n").getBytes(StandardCharsets.US_ASCII));
        out.writeBytes(Json.canonical(unsigned));
        return out.toByteArray();
    }
}
