package ai.coreason.enclave.privacy.ledger;

import ai.coreason.enclave.base.Digests;
import ai.coreason.enclave.base.InvalidDocument;
import ai.coreason.enclave.privacy.ledger.LedgerFault.Kind;
import jakarta.persistence.EntityManager;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.cert.X509Certificate;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/**
 * Checks a dataset's stored ledger against itself and against the head that the Overseer countersigned last. Rows that
 * were found whole since the start are recognised by the digest of their texts; only the others are checked one by one.
 * The caller holds the lock of the account.
 */
final class ChainInspector {
    private final EntityManager em;
    private final LedgerGuard guard;

    ChainInspector(EntityManager em, LedgerGuard guard) {
        this.em = em;
        this.guard = guard;
    }

    /** What is wrong with the stored ledger. */
    Optional<LedgerFault> inspect(DatasetAccount account) {
        Dataset dataset = account.dataset();
        List<Charge> charges = charges(dataset.datasetId());
        Optional<LedgerFault> fault = chain(dataset, charges)
                .or(() ->
                        accountFault(account, guard.checked(dataset.datasetId()).orElseThrow()))
                .or(() -> keptFault(dataset, charges));
        guard.found(dataset.datasetId(), fault);
        return fault;
    }

    /** What a countersigned head says against rows that were found whole. */
    Optional<LedgerFault> against(Dataset dataset, long sequence, String hash) {
        return against(dataset, charges(dataset.datasetId()), sequence, hash);
    }

    private Optional<LedgerFault> chain(Dataset dataset, List<Charge> charges) {
        String id = dataset.datasetId();
        MessageDigest texts = Digests.sha256();
        LedgerGuard.Checked from = guard.checked(id)
                .orElseGet(() -> new LedgerGuard.Checked(ChainCheck.Position.genesis(dataset), text(Digests.sha256())));
        int known = (int) from.position().sequence();
        if (charges.size() < known) {
            return fault(id, Kind.ROW_MISSING, "expected row " + known + ", got " + charges.size() + " rows");
        }
        charges.subList(0, known).forEach(c -> add(texts, c));
        boolean untouched = text(texts).equals(from.textDigest());
        ChainCheck check = new ChainCheck(
                dataset, this::signer, untouched ? from.position() : ChainCheck.Position.genesis(dataset));
        for (Charge charge : charges.subList(untouched ? known : 0, charges.size())) {
            Optional<LedgerFault> broken = next(id, check, charge);
            if (broken.isPresent()) {
                return broken;
            }
        }
        if (!untouched) {
            return fault(id, Kind.ROW_CHANGED, "rows up to " + known + " are not what they were since the start");
        }
        charges.subList(known, charges.size()).forEach(c -> add(texts, c));
        guard.whole(id, new LedgerGuard.Checked(check.position(), text(texts)));
        return Optional.empty();
    }

    private Optional<LedgerFault> next(String id, ChainCheck check, Charge charge) {
        long place = check.position().sequence() + 1;
        try {
            ChargeRow row = charge.row();
            if (!charge.agrees(row)) {
                return fault(id, Kind.ROW_CHANGED, "row " + place + " is filed under another key than its own");
            }
            return check.next(row).map(b -> new LedgerFault(id, b.kind(), b.what()));
        } catch (InvalidDocument | IllegalArgumentException e) {
            return fault(id, Kind.ROW_CHANGED, "row " + place + " cannot be read: " + e.getMessage());
        }
    }

    private Optional<X509Certificate> signer(RowSignature signature) {
        return guard.trusted(signature.signer(), () -> em.find(SignerCertificate.class, signature.signer()));
    }

    private static Optional<LedgerFault> accountFault(DatasetAccount account, LedgerGuard.Checked chain) {
        ChainCheck.Position last = chain.position();
        String id = account.dataset().datasetId();
        if (last.sequence() < account.sequence()) {
            return fault(
                    id,
                    Kind.ROW_MISSING,
                    "the account stands at row " + account.sequence() + ", the last row is " + last.sequence());
        }
        if (last.sequence() != account.sequence()
                || !last.hash().equals(account.head())
                || !ChainCheck.near(account.filterSpent(), last.spent())) {
            return fault(
                    id,
                    Kind.ACCOUNT_CHANGED,
                    "the account stands at row " + account.sequence() + ", hash " + account.head() + ", spent "
                            + account.filterSpent() + "; the rows lead to row " + last.sequence() + ", hash "
                            + last.hash() + ", spent " + last.spent());
        }
        return Optional.empty();
    }

    private Optional<LedgerFault> keptFault(Dataset dataset, List<Charge> charges) {
        return Optional.ofNullable(em.find(KeptHead.class, dataset.datasetId()))
                .flatMap(kept -> against(dataset, charges, kept.sequence(), kept.hash()));
    }

    private static Optional<LedgerFault> against(Dataset dataset, List<Charge> charges, long sequence, String hash) {
        String id = dataset.datasetId();
        if (sequence > charges.size()) {
            return fault(
                    id,
                    Kind.ROLLED_BACK,
                    "the Overseer countersigned row " + sequence + ", the last row here is " + charges.size());
        }
        String own = sequence == 0
                ? dataset.genesis()
                : charges.get((int) sequence - 1).row().hash();
        return own.equals(hash)
                ? Optional.empty()
                : fault(
                        id,
                        Kind.FORKED,
                        "the Overseer countersigned row " + sequence + " with hash " + hash + ", here it has " + own);
    }

    private List<Charge> charges(String datasetId) {
        return em.createQuery("select c from Charge c where c.accountKey = :key order by c.sequence", Charge.class)
                .setParameter("key", datasetId)
                .getResultList();
    }

    private static Optional<LedgerFault> fault(String datasetId, Kind kind, String what) {
        return Optional.of(new LedgerFault(datasetId, kind, what));
    }

    private static void add(MessageDigest digest, Charge charge) {
        digest.update(charge.filed().getBytes(StandardCharsets.UTF_8));
        digest.update((byte) '\n');
    }

    private static String text(MessageDigest digest) {
        try {
            return HexFormat.of().formatHex(((MessageDigest) digest.clone()).digest());
        } catch (CloneNotSupportedException e) {
            throw new IllegalStateException(e);
        }
    }
}
