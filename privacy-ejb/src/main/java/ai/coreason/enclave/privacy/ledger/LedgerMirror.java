package ai.coreason.enclave.privacy.ledger;

import com.fasterxml.jackson.databind.JsonNode;
import jakarta.ejb.Stateless;
import jakarta.persistence.EntityManager;
import jakarta.persistence.LockModeType;
import jakarta.persistence.PersistenceContext;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
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

    /**
     * Reads all that a check of rows needs; nothing stays locked. The check itself belongs outside of transactions.
     *
     * @return empty if the node has not registered the dataset
     */
    public Optional<RowsCheck> check(String nodeId, String datasetId, List<ChargeRow> rows) {
        return account(nodeId, datasetId).map(account -> {
            long sequence = account.sequence();
            List<ChargeRow> mirrored = rows(nodeId, datasetId).stream()
                    .filter(r -> r.sequence() <= sequence)
                    .toList();
            return new RowsCheck(
                    new RowsCheck.Standing(nodeId, account.dataset(), sequence, account.head(), mirrored),
                    new Signers(em).named(nodeId, rows),
                    rows);
        });
    }

    /**
     * Takes rows that were checked, all or none, and locks the dataset's account until the transaction ends.
     *
     * @return the rows that changed something, in their order; empty if the mirror does not stand where it stood when they were
     *     checked
     */
    public Optional<List<ChargeRow>> take(CheckedRows.Fit fit) {
        String key = key(fit.nodeId(), fit.datasetId());
        DatasetAccount account = em.find(DatasetAccount.class, key, LockModeType.PESSIMISTIC_WRITE);
        if (account.sequence() != fit.sequence() || !account.head().equals(fit.head())) {
            return Optional.empty();
        }
        boolean moved = fit.rows().stream()
                .filter(r -> r.sequence() <= fit.sequence())
                .anyMatch(r -> RowsCheck.stateFault(
                                find(key, r.sequence()).row().state(), r)
                        .isPresent());
        if (moved) {
            return Optional.empty();
        }
        List<ChargeRow> changed = new ArrayList<>();
        for (ChargeRow row : fit.rows()) {
            if (row.sequence() > account.sequence()) {
                account.append(row);
                em.persist(new Charge(key, row));
                changed.add(row);
            } else if (move(find(key, row.sequence()), row)) {
                changed.add(row);
            }
        }
        return Optional.of(changed);
    }

    /** Writes what was taken, before the caller locks what others wait for. */
    public void flush() {
        em.flush();
    }

    /**
     * Checks and takes one row while the dataset's account is locked; the same row again changes nothing.
     *
     * @return what is wrong with the row, or empty when it is mirrored
     */
    public Optional<String> accept(String nodeId, ChargeRow row) {
        String datasetId = row.dataset().datasetId();
        em.find(DatasetAccount.class, key(nodeId, datasetId), LockModeType.PESSIMISTIC_WRITE);
        Optional<RowsCheck> check = check(nodeId, datasetId, List.of(row));
        if (check.isEmpty()) {
            return Optional.of(unregistered(datasetId));
        }
        CheckedRows checked = check.get().result();
        if (checked instanceof CheckedRows.Unfit unfit) {
            return Optional.of(unfit.why());
        }
        take((CheckedRows.Fit) checked).orElseThrow();
        return Optional.empty();
    }

    /** What is wrong with rows of a dataset that their node has not registered. */
    public static String unregistered(String datasetId) {
        return "the node has not registered dataset " + datasetId;
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

    private static boolean move(Charge charge, ChargeRow row) {
        if (!RowsCheck.moves(charge.row().state(), row)) {
            return false;
        }
        if (row.state() == ChargeState.COMMITTED) {
            charge.commit();
        } else {
            charge.expire();
        }
        return true;
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
