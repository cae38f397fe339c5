package ai.coreason.enclave.sentry.contract.update;

import ai.coreason.enclave.base.Formats;
import ai.coreason.enclave.base.InvalidDocument;
import ai.coreason.enclave.base.Json;
import ai.coreason.enclave.base.JsonFields;
import ai.coreason.enclave.sentry.contract.Evidence;
import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * The plain part of an upload, in front of the sealed bytes: what the node says of its update, which bytes it speaks of, and the
 * evidence for exactly these. An upload is {@link Headed} by it.
 *
 * @param statement which task the update answers and what it cost
 * @param sealedSha256 SHA-256 of the sealed bytes, lower-case hex
 * @param evidence the quote over this update
 */
public record UpdateEnvelope(UpdateStatement statement, String sealedSha256, Evidence evidence) {
    /** The envelope of a sealed update that evidence was made for. */
    public static UpdateEnvelope of(SealedUpdate update, Evidence evidence) {
        return new UpdateEnvelope(update.statement(), update.digest(), evidence);
    }

    /**
     * Reads the envelope alone from the beginning of an upload, so that it can be judged before it is whole.
     *
     * @param beginning the upload, or at least its first 8 + {@link Headed#MAX_HEADER} bytes
     * @throws InvalidDocument if the length is out of range, the bytes end too soon, or a member does not fit
     */
    public static UpdateEnvelope parse(byte[] beginning) {
        JsonFields f = JsonFields.of(Headed.header(beginning), "");
        UpdateEnvelope envelope = new UpdateEnvelope(
                UpdateStatement.read(f),
                Formats.sha256(f, "sealed_sha256"),
                Evidence.parse(f.any("evidence", "an object"), f.at("evidence")));
        f.end();
        return envelope;
    }

    /**
     * The sealed update of the upload that this is the envelope of.
     *
     * @throws InvalidDocument if its bytes are too few, or not those that this speaks of
     */
    public SealedUpdate sealed(byte[] upload) {
        return new SealedUpdate(statement, Headed.rest(upload)).requireDigest(sealedSha256);
    }

    /**
     * An upload: the envelope of a sealed update, and the sealed bytes behind it.
     *
     * @param evidence what was made for just this update
     * @throws IllegalArgumentException if the envelope passes {@link Headed#MAX_HEADER}
     */
    public static byte[] upload(SealedUpdate update, Evidence evidence) {
        return Headed.write(of(update, evidence).json(), update.bytes());
    }

    /** The envelope as JSON. */
    public ObjectNode json() {
        ObjectNode out = Json.object();
        statement.json().properties().forEach(member -> {
            boolean row = member.getKey().equals(UpdateStatement.LEDGER_ROW);
            if (row) {
                out.put("sealed_sha256", sealedSha256);
            }
            out.set(member.getKey(), member.getValue());
            if (row) {
                out.set("evidence", evidence.json());
            }
        });
        return out;
    }

    @Override
    public String toString() {
        return "UpdateEnvelope[" + statement + ", " + evidence + "]";
    }
}
