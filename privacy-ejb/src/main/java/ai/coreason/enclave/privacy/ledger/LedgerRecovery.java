package ai.coreason.enclave.privacy.ledger;

import ai.coreason.enclave.base.AttemptKey;
import ai.coreason.enclave.base.InvalidDocument;
import jakarta.persistence.EntityManager;
import jakarta.persistence.LockModeType;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Brings a node's ledger and the Overseer's mirror of it together again, so that whatever either side ever charged counts.
 *
 * <p>The mirror's signed chain is taken over. Rows that only the node has stay behind it where they follow it; where they
 * belong to another branch they are carried: charged once more, behind the mirror's chain, when the node next has a key to
 * sign with. A row that nobody has any more has a cost that nobody knows: then nothing is changed and the dataset stays
 * held. The caller owns the transaction; no node may use the database meanwhile.
 */
public final class LedgerRecovery {
    /** What a recovery did. */
    public sealed interface Outcome {
        /** The ledger was whole and no other than the mirror's; nothing was changed. */
        record Whole(long rows, long notMirrored) implements Outcome {}

        /**
         * The ledger was recovered.
         *
         * @param mirrored rows taken over from the mirror
         * @param kept rows of the node that follow them
         * @param carried rows of another branch that will be charged once more
         */
        record Recovered(long mirrored, long kept, long carried) implements Outcome {}

        /** A row's cost is known to nobody; nothing was changed. */
        record Unknown(String why) implements Outcome {}
    }

    private final EntityManager em;
    private final LedgerTrust trust;

    /**
     * @param trust the authorities that the node pins
     */
    public LedgerRecovery(EntityManager em, LedgerTrust trust) {
        this.em = em;
        this.trust = trust;
    }

    private record Local(List<Charge> charges, List<ChargeRow> sound, List<String> unknown, boolean whole) {}

    /**
     * Recovers one dataset.
     *
     * @param mirrored all rows of the mirror, in sequence
     * @param certificates that signed them, by fingerprint
     * @throws IllegalArgumentException if the node has no such dataset, or the mirror's rows are not a whole, signed chain
     */
    public Outcome recover(String datasetId, List<ChargeRow> mirrored, Map<String, X509Certificate> certificates) {
        DatasetAccount account = em.find(DatasetAccount.class, datasetId, LockModeType.PESSIMISTIC_WRITE);
        if (account == null) {
            throw new IllegalArgumentException("dataset: expected one of the node's, got " + datasetId);
        }
        ChainCheck chain = chain(account.dataset(), mirrored, certificates);
        Local local = local(account, mirrored, certificates);
        Set<String> known = new HashSet<>(Set.of(account.dataset().genesis()));
        mirrored.forEach(r -> known.add(r.hash()));
        List<ChargeRow> extra =
                local.sound().stream().filter(r -> !known.contains(r.hash())).toList();
        extra.forEach(r -> known.add(r.hash()));
        Optional<String> lost = lost(account, local, extra, known);
        if (lost.isPresent()) {
            return new Outcome.Unknown(lost.get());
        }
        boolean follows = follow(chain, extra);
        if (follows
                && local.whole()
                && mirrored.size() + extra.size() == local.sound().size()) {
            return new Outcome.Whole(local.sound().size(), extra.size());
        }
        List<ChargeRow> result = new ArrayList<>(mirrored);
        if (follows) {
            result.addAll(extra);
        }
        replace(account, local, result, chain.position());
        certificates.forEach((f, c) -> trust.node(c).ifPresent(node -> new Signers(em).keep(node, c)));
        long carried = carry(datasetId, mirrored, follows ? List.of() : extra);
        return new Outcome.Recovered(mirrored.size(), follows ? extra.size() : 0, carried);
    }

    private ChainCheck chain(Dataset dataset, List<ChargeRow> rows, Map<String, X509Certificate> certificates) {
        ChainCheck check = new ChainCheck(dataset, s -> signer(s, certificates), ChainCheck.Position.genesis(dataset));
        for (ChargeRow row : rows) {
            check.next(row).ifPresent(b -> {
                throw new IllegalArgumentException("the Overseer's ledger: " + b.kind() + ": " + b.what());
            });
        }
        return check;
    }

    private Local local(DatasetAccount account, List<ChargeRow> mirrored, Map<String, X509Certificate> certificates) {
        Set<AttemptKey> keys = new HashSet<>();
        mirrored.forEach(r -> keys.add(r.request().key()));
        List<Charge> charges = em.createQuery(
                        "select c from Charge c where c.accountKey = :key order by c.sequence", Charge.class)
                .setParameter("key", account.dataset().datasetId())
                .getResultList();
        List<ChargeRow> sound = new ArrayList<>();
        List<String> unknown = new ArrayList<>();
        ChainCheck check = new ChainCheck(
                account.dataset(), s -> signer(s, certificates), ChainCheck.Position.genesis(account.dataset()));
        boolean whole = true;
        for (Charge charge : charges) {
            Optional<ChargeRow> row = read(charge).filter(r -> isSound(account.dataset(), r, certificates));
            whole = whole && row.isPresent() && check.next(row.get()).isEmpty();
            if (row.isPresent()) {
                sound.add(row.get());
            } else if (!keys.contains(charge.key())) {
                unknown.add("row " + charge.sequence() + " was changed and the mirror has no copy of it");
            }
        }
        whole = whole
                && account.sequence() == check.position().sequence()
                && account.head().equals(check.position().hash())
                && ChainCheck.near(account.filterSpent(), check.position().spent());
        return new Local(charges, sound, unknown, whole);
    }

    private static Optional<ChargeRow> read(Charge charge) {
        try {
            return Optional.of(charge.row()).filter(charge::agrees);
        } catch (InvalidDocument | IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private boolean isSound(Dataset dataset, ChargeRow row, Map<String, X509Certificate> certificates) {
        return row.dataset().equals(dataset)
                && row.computedHash().equals(row.hash())
                && row.signature()
                        .filter(s -> signer(s, certificates)
                                .filter(c -> s.holds(c, row.hash()))
                                .isPresent())
                        .isPresent();
    }

    private Optional<X509Certificate> signer(RowSignature signature, Map<String, X509Certificate> certificates) {
        return Optional.ofNullable(certificates.get(signature.signer()))
                .or(() -> Optional.ofNullable(em.find(SignerCertificate.class, signature.signer()))
                        .map(SignerCertificate::certificate))
                .filter(c -> trust.node(c).isPresent());
    }

    /** Why a charge may be lost that neither side has. */
    private Optional<String> lost(DatasetAccount account, Local local, List<ChargeRow> extra, Set<String> known) {
        if (!local.unknown().isEmpty()) {
            return Optional.of(local.unknown().get(0));
        }
        for (ChargeRow row : extra) {
            if (!known.contains(row.previousHash())) {
                return Optional.of(
                        "the row before row " + row.sequence() + " is lost and the mirror has no copy of it");
            }
        }
        if (!known.contains(account.head())) {
            return Optional.of("row " + account.sequence() + ", where the account stands, is lost and the mirror has no"
                    + " copy of it");
        }
        return Optional.ofNullable(em.find(KeptHead.class, account.dataset().datasetId()))
                .filter(k -> !known.contains(k.hash()))
                .map(k -> "the Overseer countersigned row " + k.sequence()
                        + ", which its ledger does not have: export the ledger again, or from where the row is");
    }

    private static boolean follow(ChainCheck chain, List<ChargeRow> extra) {
        ChainCheck.Position end = chain.position();
        String hash = end.hash();
        for (ChargeRow row : extra) {
            if (!row.previousHash().equals(hash)) {
                return false;
            }
            hash = row.hash();
        }
        return true;
    }

    private void replace(DatasetAccount account, Local local, List<ChargeRow> rows, ChainCheck.Position mirrored) {
        Map<String, ChargeState> states = new HashMap<>();
        local.sound().forEach(r -> states.put(r.hash(), r.state()));
        local.charges().forEach(em::remove);
        em.flush();
        String id = account.dataset().datasetId();
        for (ChargeRow row : rows) {
            ChargeState own = states.getOrDefault(row.hash(), ChargeState.RESERVED);
            em.persist(new Charge(id, own == ChargeState.RESERVED ? row : row.in(own)));
        }
        ChargeRow last = rows.isEmpty() ? null : rows.get(rows.size() - 1);
        account.recover(
                last == null
                        ? mirrored
                        : new ChainCheck.Position(
                                last.sequence(), last.hash(), last.spending().filterSpentAfter()));
        KeptHead kept = em.find(KeptHead.class, id);
        Set<String> hashes = new HashSet<>(Set.of(account.dataset().genesis()));
        rows.forEach(r -> hashes.add(r.hash()));
        if (kept != null && !hashes.contains(kept.hash())) {
            em.remove(kept);
        }
    }

    /** Leaves out what the mirror's chain has carried already. */
    private long carry(String datasetId, List<ChargeRow> mirrored, List<ChargeRow> extra) {
        Set<String> done = new HashSet<>();
        mirrored.forEach(r -> r.recoveredFrom().ifPresent(done::add));
        Set<String> waiting = new HashSet<>();
        for (CarriedCharge c : em.createQuery(
                        "select c from CarriedCharge c where c.accountKey = :key", CarriedCharge.class)
                .setParameter("key", datasetId)
                .getResultList()) {
            if (done.contains(c.row().hash())) {
                em.remove(c);
            } else {
                waiting.add(c.row().hash());
            }
        }
        long carried = 0;
        for (ChargeRow row : extra) {
            if (!done.contains(row.hash()) && waiting.add(row.hash())) {
                em.persist(new CarriedCharge(datasetId, row));
                carried++;
            }
        }
        return carried;
    }
}
