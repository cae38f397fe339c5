package ai.coreason.enclave.privacy.ledger;

import com.fasterxml.jackson.databind.JsonNode;
import jakarta.ejb.Stateless;
import jakarta.persistence.EntityManager;
import jakarta.persistence.LockModeType;
import jakarta.persistence.PersistenceContext;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The Overseer's mirror of the nodes' ledgers. A row enters only behind the row that it names, with its own hash, signed
 * by the node, under the registration of the first day, and with figures that the Overseer computes alike.
 */
@Stateless
public class LedgerMirror {
    @PersistenceContext(unitName = "enclave")
    private EntityManager em;

    /** For the container. */
    public LedgerMirror() {}

    /** A mirror over a given persistence context. */
    public LedgerMirror(EntityManager em) {
        this.em = em;
    }

    /**
     * What speaks against a node's registration of a dataset: that it was another on the first day, or that another node has
     * this owner's dataset. An answer and not an exception, as one would end the transaction of whoever asks.
     *
     * @return the member, what was expected and what came; empty if the registration can be taken, or was before
     */
    public Optional<String> objection(String nodeId, Dataset dataset) {
        Optional<DatasetAccount> account = account(nodeId, dataset.datasetId());
        return account.isPresent()
                ? changed(account.get().dataset(), dataset)
                : holder(dataset.dataOwner(), dataset.datasetId())
                        .map(other -> "dataset_id: expected a dataset of " + dataset.dataOwner()
                                + " that no other node has registered, got " + dataset.datasetId() + ", which " + other
                                + " has");
    }

    /** The node that has registered an owner's dataset. */
    public Optional<String> holder(String dataOwner, String datasetId) {
        return accounts().stream()
                .filter(a -> a.dataset().dataOwner().equals(dataOwner)
                        && a.dataset().datasetId().equals(datasetId))
                .map(DatasetAccount::source)
                .findFirst();
    }

    /**
     * Takes a node's registration of a dataset, or confirms it.
     *
     * @throws IllegalArgumentException if there is an {@link #objection}
     */
    public void register(String nodeId, Dataset dataset) {
        objection(nodeId, dataset).ifPresent(why -> {
            throw new IllegalArgumentException(why);
        });
        if (account(nodeId, dataset.datasetId()).isEmpty()) {
            em.persist(new DatasetAccount(key(nodeId, dataset.datasetId()), dataset, nodeId));
            em.flush();
        }
    }

    private static Optional<String> changed(Dataset first, Dataset now) {
        JsonNode came = now.json();
        return first.json().properties().stream()
                .filter(member -> !member.getValue().equals(came.get(member.getKey())))
                .map(member -> member.getKey() + ": expected " + member.getValue() + ", as on the first day, got "
                        + came.get(member.getKey()))
                .findFirst();
    }

    /** Remembers a certificate that was issued to a node, as one that may sign its rows. */
    public void know(String nodeId, X509Certificate certificate) {
        new Signers(em).keep(nodeId, certificate);
    }

    /** The certificates that signed these rows, by fingerprint. */
    public Map<String, X509Certificate> signers(List<ChargeRow> rows) {
        return new Signers(em).of(rows);
    }

    /** A node's dataset, if the node registered it. */
    public Optional<DatasetAccount> account(String nodeId, String datasetId) {
        return Optional.ofNullable(em.find(DatasetAccount.class, key(nodeId, datasetId)));
    }

    /** All datasets of all nodes; {@link DatasetAccount#source()} is the node. */
    public List<DatasetAccount> accounts() {
        return em.createQuery("select a from DatasetAccount a order by a.key", DatasetAccount.class)
                .getResultList();
    }

    /** Whether a row is mirrored, and {@link #accept} would change nothing. */
    public boolean knows(String nodeId, ChargeRow row) {
        Optional<DatasetAccount> account = account(nodeId, row.dataset().datasetId());
        if (account.isEmpty() || row.sequence() > account.get().sequence()) {
            return false;
        }
        ChargeRow known =
                find(key(nodeId, row.dataset().datasetId()), row.sequence()).row();
        return known.hash().equals(row.hash())
                && (known.state() != ChargeState.RESERVED || row.state() == ChargeState.RESERVED);
    }

    /**
     * Takes one row of a node's ledger; the same row again changes nothing.
     *
     * @return what is wrong with the row, or empty when it is mirrored
     */
    public Optional<String> accept(String nodeId, ChargeRow row) {
        String key = key(nodeId, row.dataset().datasetId());
        DatasetAccount account = em.find(DatasetAccount.class, key, LockModeType.PESSIMISTIC_WRITE);
        if (account == null) {
            return Optional.of(
                    "the node has not registered dataset " + row.dataset().datasetId());
        }
        if (row.sequence() <= account.sequence()) {
            ChargeRow known = find(key, row.sequence()).row();
            return known.hash().equals(row.hash())
                    ? moved(key, known, row)
                    : Optional.of("a fork of the ledger at " + row.sequence());
        }
        Optional<String> fault = fault(nodeId, account, row);
        if (fault.isEmpty()) {
            account.append(row);
            em.persist(new Charge(key, row));
        }
        return fault;
    }

    /** The mirrored rows of a node's dataset, in sequence. */
    public List<ChargeRow> rows(String nodeId, String datasetId) {
        return em.createQuery("select c from Charge c where c.accountKey = :key order by c.sequence", Charge.class)
                .setParameter("key", key(nodeId, datasetId))
                .getResultStream()
                .map(Charge::row)
                .toList();
    }

    /** The mirrored rows of one job, by dataset and sequence. */
    public List<ChargeRow> rowsOfJob(String jobId) {
        return em.createQuery(
                        "select c from Charge c where c.jobId = :job order by c.accountKey, c.sequence", Charge.class)
                .setParameter("job", jobId)
                .getResultStream()
                .map(Charge::row)
                .toList();
    }

    private Optional<String> fault(String nodeId, DatasetAccount account, ChargeRow row) {
        Dataset dataset = account.dataset();
        if (row.sequence() != account.sequence() + 1) {
            return Optional.of("expected ledger sequence " + (account.sequence() + 1) + ", got " + row.sequence());
        }
        if (!row.previousHash().equals(account.head())) {
            return Optional.of("a fork of the ledger before " + row.sequence());
        }
        if (!row.hash().equals(row.computedHash())) {
            return Optional.of("the ledger row does not have its hash");
        }
        if (!row.dataset().equals(dataset) || !row.request().nodeId().equals(nodeId)) {
            return Optional.of("the ledger row is not of this node's registration");
        }
        List<ChargeRow> rows = rows(nodeId, dataset.datasetId());
        boolean again = rows.stream()
                .anyMatch(r -> r.request().key().equals(row.request().key()));
        if (again && row.recoveredFrom().isEmpty()) {
            return Optional.of("expected one charge an attempt, got a second one");
        }
        Optional<String> unsigned = signatureFault(nodeId, row);
        if (unsigned.isPresent()) {
            return unsigned;
        }
        List<String> figures = RowFigures.faults(dataset, rows, row);
        if (!figures.isEmpty()) {
            return Optional.of(figures.get(0));
        }
        if (row.recoveredFrom().isPresent()) {
            // Past every limit if need be: it was spent on a branch that was given up.
            return row.request().phase().isPresent() && row.state() != ChargeState.EXPIRED
                    ? Optional.of("a recovered row is expired, got " + row.state())
                    : Optional.empty();
        }
        return RowFigures.objection(rows, row).or(() -> RowFigures.limit(row).map(l -> "the ledger row " + l));
    }

    private Optional<String> signatureFault(String nodeId, ChargeRow row) {
        if (row.signature().isEmpty()) {
            return Optional.of("the ledger row is not signed");
        }
        RowSignature signature = row.signature().get();
        Optional<X509Certificate> signer = new Signers(em).of(nodeId, signature.signer());
        if (signer.isEmpty()) {
            return Optional.of("the ledger row is signed by " + signature.signer()
                    + ", which is no certificate that was issued to " + nodeId);
        }
        return signature.holds(signer.get(), row.hash())
                ? Optional.empty()
                : Optional.of("the ledger row is not signed by " + signature.signer() + ", as it says");
    }

    private Optional<String> moved(String key, ChargeRow known, ChargeRow row) {
        Charge charge = find(key, row.sequence());
        switch (row.state()) {
            case COMMITTED -> {
                if (known.state() == ChargeState.EXPIRED) {
                    return Optional.of("state: expected EXPIRED to stay, got COMMITTED");
                }
                charge.commit();
            }
            case EXPIRED -> charge.expire();
            default -> {
                return Optional.empty();
            }
        }
        return Optional.empty();
    }

    private Charge find(String key, long sequence) {
        return em.createQuery(
                        "select c from Charge c where c.accountKey = :key and c.sequence = :sequence", Charge.class)
                .setParameter("key", key)
                .setParameter("sequence", sequence)
                .getSingleResult();
    }

    private static String key(String nodeId, String datasetId) {
        return nodeId + "/" + datasetId;
    }
}
