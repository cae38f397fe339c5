package ai.coreason.enclave.sentry.attestation.intel;

import ai.coreason.enclave.base.InvalidDocument;
import ai.coreason.enclave.base.Json;
import ai.coreason.enclave.base.JsonFields;
import ai.coreason.enclave.sentry.attestation.ByteReader;
import ai.coreason.enclave.sentry.attestation.MalformedEvidence;
import ai.coreason.enclave.sentry.attestation.Reason;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.security.PublicKey;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * A document of Intel's provisioning service: an object of one member that is signed as its bytes stand, and the
 * {@code signature}, r and s in hex. What is read is what is signed.
 *
 * @param name what it is called in findings
 * @param body the signed bytes
 * @param signature 64 bytes
 */
record SignedDocument(String name, byte[] body, byte[] signature) {
    private static final String HEX_64 = "[0-9a-fA-F]{128}";
    private static final JsonFactory FACTORY = new JsonFactory();

    /**
     * Reads a document.
     *
     * @param member which member is signed
     */
    static SignedDocument parse(String name, String member, byte[] json) throws MalformedEvidence {
        if (json.length > ByteReader.MAX_EVIDENCE) {
            throw refusal(name, "at most " + ByteReader.MAX_EVIDENCE + " bytes", json.length + " bytes");
        }
        for (byte b : json) {
            if (b < ' ' && b != '\n' && b != '\r' && b != '\t') {
                throw refusal(name, "ASCII", "byte " + (b & 0xff));
            }
        }
        try {
            JsonFields fields = JsonFields.of(Json.read(json), name);
            fields.object(member);
            String signature = fields.text("signature", "64 bytes in hex", s -> s.matches(HEX_64));
            fields.end();
            return new SignedDocument(name, span(member, json), HexFormat.of().parseHex(signature));
        } catch (InvalidDocument e) {
            throw refusal(name, "a signed document", e.getMessage());
        } catch (IOException e) {
            throw refusal(name, "JSON", "another text");
        }
    }

    /** The members that are signed. */
    JsonFields fields() {
        return JsonFields.of(Json.read(body), name);
    }

    boolean signedBy(PublicKey key) {
        return P256.verifyKnown(key, body, signature);
    }

    private static byte[] span(String member, byte[] json) throws IOException {
        try (JsonParser parser = FACTORY.createParser(json)) {
            parser.nextToken();
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                boolean found = parser.currentName().equals(member);
                parser.nextToken();
                int from = (int) parser.currentTokenLocation().getByteOffset();
                parser.skipChildren();
                if (found) {
                    return Arrays.copyOfRange(
                            json, from, (int) parser.currentLocation().getByteOffset());
                }
            }
        }
        throw new IOException(member);
    }

    static MalformedEvidence refusal(String name, String expected, String came) {
        return new MalformedEvidence(new Reason(name, expected, came));
    }
}
