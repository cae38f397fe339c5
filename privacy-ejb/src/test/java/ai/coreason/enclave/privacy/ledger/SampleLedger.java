package ai.coreason.enclave.privacy.ledger;

import ai.coreason.enclave.base.AttemptKey;
import ai.coreason.enclave.privacy.accounting.Phase;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A node's ledger of two jobs and four charges, with everything that signs for it. */
public final class SampleLedger implements AutoCloseable {
    public static final Dataset HEART = new Dataset("owner_va", "heart", PrivacyUnit.RECORD, 85, 1e-3, 5.0, false);
    public static final Instant TIME = Instant.parse("2026-11-24T00:00:00Z");

    private final LedgerAuthority federation = new LedgerAuthority("federation");
    private final LedgerSeal seal = federation.seal();
    private final RowSigner signer = federation.node("node_va");
    private final LedgerDatabase database;

    public SampleLedger(Path folder) {
        database = new LedgerDatabase(folder);
        LedgerGuard guard = federation.guard("heart");
        database.inTransaction(em -> {
            LedgerBook book = new LedgerBook(em, Clock.systemUTC(), guard);
            book.register(HEART, "va.csv");
            for (long round = 1; round <= 3; round++) {
                book.reserve(request("job-1", round, 3.0), signer);
            }
            book.reserve(request("job-2", 1, 2.0), signer);
            return null;
        });
    }

    private static ChargeRequest request(String job, long round, double noise) {
        return new ChargeRequest(
                "heart",
                new AttemptKey(job, round, 1),
                "a".repeat(64),
                "node_va",
                Optional.of(new Phase(16.0 / 85, noise, 5)),
                1.0,
                16,
                3.0,
                1e-3,
                "b".repeat(64),
                "c".repeat(64));
    }

    public List<ChargeRow> rows() {
        return database.inTransaction(em -> new LedgerBook(em, Clock.systemUTC(), new LedgerGuard()).rows("heart"));
    }

    public Map<String, X509Certificate> signers() {
        return Map.of(LedgerCertificates.fingerprint(signer.certificate()), signer.certificate());
    }

    public X509Certificate authority() {
        return federation.certificate();
    }

    public static X509Certificate anotherAuthority() {
        return new LedgerAuthority("another").certificate();
    }

    public LedgerSeal seal() {
        return seal;
    }

    public ObjectNode head(long sequence, String hash) {
        return new LedgerHead("node_va", "heart", sequence, hash, "nonce", TIME).signed(seal);
    }

    public ObjectNode resign(ObjectNode export) {
        return seal.sign(LedgerDocument.EXPORT, export);
    }

    /** Gives a changed row the hash that it has now. */
    public static ObjectNode hashAnew(ObjectNode row) {
        return row.put("hash", ChargeRow.parse(row, "row").computedHash());
    }

    /** Gives a changed row hash and signature, as a node that lies would. */
    public ObjectNode sign(ObjectNode row) {
        hashAnew(row);
        return row.put("signature", signer.sign(row.path("hash").textValue()).value());
    }

    @Override
    public void close() {
        database.close();
    }
}
