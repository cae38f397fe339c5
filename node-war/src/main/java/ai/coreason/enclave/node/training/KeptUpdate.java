package ai.coreason.enclave.node.training;

import ai.coreason.enclave.base.Formats;
import ai.coreason.enclave.base.InvalidDocument;
import ai.coreason.enclave.base.Json;
import ai.coreason.enclave.base.JsonFields;
import ai.coreason.enclave.sentry.contract.SealingKey;
import ai.coreason.enclave.sentry.contract.update.Headed;
import ai.coreason.enclave.sentry.contract.update.SealedUpdate;
import ai.coreason.enclave.sentry.contract.update.UpdateEnvelope;
import ai.coreason.enclave.sentry.contract.update.UpdateStatement;
import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * A sealed update as the outbox keeps it: {@link Headed} by the JSON {@code {statement, sealed_sha256, hpke}}. Evidence is made each
 * time that it is sent, so there is none in it.
 *
 * @param update what is sent, always the same bytes
 * @param to the key that it is sealed to, which evidence names
 */
record KeptUpdate(SealedUpdate update, SealingKey to) {
    /** The bytes for the outbox. */
    byte[] write() {
        ObjectNode header = Json.object();
        header.set("statement", update.statement().json());
        header.put("sealed_sha256", update.digest());
        header.set("hpke", to.json());
        return Headed.write(header, update.bytes());
    }

    /**
     * Reads what {@link #write} wrote, or the whole envelope that earlier versions kept.
     *
     * @throws InvalidDocument if it is neither, or the sealed bytes have changed
     */
    static KeptUpdate parse(byte[] kept) {
        Headed read = Headed.read(kept);
        return read.header().has("statement")
                ? read(JsonFields.of(read.header(), ""), read.rest(kept))
                : earlier(kept, read.rest(kept));
    }

    private static KeptUpdate read(JsonFields f, byte[] sealed) {
        UpdateStatement statement =
                UpdateStatement.parse(f.any("statement", "an update's statement"), f.at("statement"));
        String sealedSha256 = Formats.sha256(f, "sealed_sha256");
        SealingKey to = SealingKey.read(f.object("hpke"));
        f.end();
        return new KeptUpdate(new SealedUpdate(statement, sealedSha256, sealed), to);
    }

    /** An envelope whose evidence has no quote, and report data that names the key. */
    private static KeptUpdate earlier(byte[] kept, byte[] sealed) {
        UpdateEnvelope envelope = UpdateEnvelope.parse(kept);
        JsonFields reportData = JsonFields.of(envelope.evidence().reportData(), "evidence.report_data_json");
        return new KeptUpdate(
                new SealedUpdate(envelope.statement(), envelope.sealedSha256(), sealed),
                SealingKey.read(reportData.object("hpke")));
    }
}
