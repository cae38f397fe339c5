package ai.coreason.enclave.node.training;

import ai.coreason.enclave.base.AttemptKey;
import ai.coreason.enclave.privacy.ledger.BudgetDecision;
import ai.coreason.enclave.privacy.ledger.ChargeRequest;
import ai.coreason.enclave.privacy.ledger.ChargeRow;
import ai.coreason.enclave.privacy.ledger.Dataset;
import ai.coreason.enclave.privacy.ledger.DatasetAccount;
import ai.coreason.enclave.privacy.ledger.KeptHead;
import ai.coreason.enclave.privacy.ledger.LedgerFault;
import ai.coreason.enclave.privacy.ledger.LedgerHead;
import ai.coreason.enclave.privacy.ledger.RowSigner;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** What the node keeps in its database about rounds: base models, charges, sealed updates. Each call is one transaction. */
public interface RoundBooks {
    /**
     * A sealed update that is kept.
     *
     * @param kept the bytes, as {@link KeptUpdate} writes them; empty once the round is over and they were forgotten
     */
    record Outgoing(AttemptKey key, OutboxEntry.State state, Optional<byte[]> kept) {}

    /** Registers a dataset or confirms it; see {@link ai.coreason.enclave.privacy.ledger.LedgerBook#register}. */
    void register(Dataset dataset, String source);

    /** The registered datasets and how their ledgers stand. */
    List<DatasetAccount> accounts();

    /** All charges on a dataset in sequence. */
    List<ChargeRow> rows(String datasetId);

    /**
     * Ends what a crash left behind: charges that were reserved and have no sealed update expire, and stay charged.
     *
     * @return how many expired
     */
    int recover();

    /**
     * Remembers the base model of a round.
     *
     * @return the digest that the round is bound to: the given one, or the one that came first
     */
    String bind(String jobId, long round, String baseDigest);

    /** Reserves a charge; see {@link ai.coreason.enclave.privacy.ledger.LedgerBook#reserve}. */
    BudgetDecision reserve(ChargeRequest request, RowSigner signer);

    /** Looks for what is wrong with a dataset's ledger. */
    Optional<LedgerFault> inspect(String datasetId);

    /** Takes a fresh head; see {@link ai.coreason.enclave.privacy.ledger.LedgerBook#countersigned}. */
    Optional<LedgerFault> countersigned(LedgerHead head, String document);

    /** The highest countersigned head of a dataset. */
    Optional<KeptHead> keptHead(String datasetId);

    /** Charges what a recovery carried over; see {@link ai.coreason.enclave.privacy.ledger.LedgerBook#chainCarried}. */
    int chainCarried(String datasetId, RowSigner signer);

    /** The certificates that signed these rows. */
    List<X509Certificate> signers(List<ChargeRow> rows);

    /**
     * Commits a reserved charge and stores the sealed update: both or neither.
     *
     * @param seal makes what is kept for the committed row
     * @return what is kept
     */
    byte[] commit(String datasetId, AttemptKey key, Function<ChargeRow, byte[]> seal);

    /** Marks that a reserved attempt ended without an update; it stays charged. */
    void expire(String datasetId, AttemptKey key);

    /** The sealed update of an attempt. */
    Optional<Outgoing> outgoing(AttemptKey key);

    /** The attempts whose updates wait for an answer, oldest round first. */
    List<AttemptKey> pending();

    /** Marks that the Overseer has an update. */
    void delivered(AttemptKey key);

    /** Marks that the Overseer will never take an update. */
    void refused(AttemptKey key);

    /** Drops the bytes of a job's updates of earlier rounds that no longer wait. */
    void forgetBefore(String jobId, long round);
}
