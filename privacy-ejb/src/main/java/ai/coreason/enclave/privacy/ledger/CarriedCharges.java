package ai.coreason.enclave.privacy.ledger;

import jakarta.persistence.EntityManager;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** The charges that a recovery carried over, over one persistence context. */
final class CarriedCharges {
    private final EntityManager em;

    CarriedCharges(EntityManager em) {
        this.em = em;
    }

    /** Those of a dataset that are not chained yet, in the order of the branch that was given up. */
    List<CarriedCharge> of(String datasetId) {
        return em.createQuery(
                        "select c from CarriedCharge c where c.accountKey = :key order by c.sequence",
                        CarriedCharge.class)
                .setParameter("key", datasetId)
                .getResultList();
    }

    /**
     * Charges them once more, whatever the limits say.
     *
     * @param account locked
     * @param rows the dataset's rows as they stand
     * @param append stores a row behind the account's head
     * @return how many
     */
    int chain(
            DatasetAccount account,
            Supplier<List<ChargeRow>> rows,
            Clock clock,
            RowSigner signer,
            Consumer<ChargeRow> append) {
        List<CarriedCharge> waiting = of(account.dataset().datasetId());
        ChargesSoFar soFar = ChargesSoFar.of(account.dataset(), rows.get());
        for (CarriedCharge charge : waiting) {
            ChargeRow lost = charge.row();
            ChargeRow again = ChargeRow.recovered(
                    account.sequence() + 1,
                    clock.instant().truncatedTo(ChronoUnit.MILLIS),
                    lost,
                    ChargeRule.spending(soFar, lost.request()),
                    account.head(),
                    signer);
            append.accept(again);
            soFar.add(again);
            em.remove(charge);
        }
        return waiting.size();
    }
}
