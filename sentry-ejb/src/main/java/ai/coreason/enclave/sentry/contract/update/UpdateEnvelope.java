package ai.coreason.enclave.sentry.contract.update;

import ai.coreason.enclave.base.Digests;
import ai.coreason.enclave.base.Formats;
import ai.coreason.enclave.base.InvalidDocument;
import ai.coreason.enclave.base.Json;
import ai.coreason.enclave.base.JsonFields;
import ai.coreason.enclave.sentry.contract.Evidence;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.util.HexFormat;

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
        return parse(Headed.read(beginning));
    }

    /**
     * Reads the envelope of an upload and checks that it speaks of the sealed bytes behind it, which are not kept.
     *
     * @param length how many bytes the upload has
     * @throws InvalidDocument as {@link #parse}, or if the sealed bytes are others
     */
    public static UpdateEnvelope read(InputStream in, long length) throws IOException {
        UpdateEnvelope envelope = parse(Headed.read(in, length));
        MessageDigest sha = Digests.sha256();
        in.transferTo(new DigestOutputStream(OutputStream.nullOutputStream(), sha));
        SealedUpdate.requireDigest(envelope.sealedSha256, HexFormat.of().formatHex(sha.digest()));
        return envelope;
    }

    /**
     * Reads what an upload brings, so that the sealed bytes are in memory once. Its evidence is looked at for its form alone.
     *
     * @param length how many bytes the upload has
     * @throws InvalidDocument as {@link #read}, or if the sealed bytes are too few, or too many for an array
     */
    public static SealedUpdate readSealed(InputStream in, long length) throws IOException {
        Headed headed = Headed.read(in, length);
        UpdateEnvelope envelope = parse(headed);
        return new SealedUpdate(envelope.statement, envelope.sealedSha256, headed.rest(in));
    }

    private static UpdateEnvelope parse(Headed headed) {
        JsonFields f = JsonFields.of(headed.header(), "");
        UpdateEnvelope envelope = new UpdateEnvelope(
                UpdateStatement.read(f),
                Formats.sha256(f, "sealed_sha256"),
                Evidence.parse(f.any("evidence", "an object"), f.at("evidence")));
        f.end();
        return envelope;
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
