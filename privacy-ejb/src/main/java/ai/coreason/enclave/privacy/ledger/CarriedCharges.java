package ai.coreason.enclave.privacy.ledger;

import ai.coreason.enclave.privacy.accounting.Phase;
import ai.coreason.enclave.privacy.accounting.PlanAccountant;
import ai.coreason.enclave.privacy.accounting.PrivacyLoss;
import ai.coreason.enclave.privacy.accounting.RdpFilter;
import ai.coreason.enclave.privacy.ledger.ChargeRow.Spending;
import jakarta.persistence.EntityManager;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Predicate;
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
        for (CarriedCharge charge : waiting) {
            ChargeRow lost = charge.row();
            append.accept(ChargeRow.recovered(
                    account.sequence() + 1,
                    clock.instant().truncatedTo(ChronoUnit.MILLIS),
                    lost,
                    spending(account, rows.get(), lost.request()),
                    account.head(),
                    signer));
            em.remove(charge);
        }
        return waiting.size();
    }

    private static Spending spending(DatasetAccount account, List<ChargeRow> rows, ChargeRequest request) {
        RdpFilter filter = account.dataset().filter();
        if (request.phase().isEmpty()) {
            return new Spending(
                    Double.NaN,
                    Double.NaN,
                    Double.NaN,
                    filter.order(),
                    account.filterSpent(),
                    "none",
                    "none",
                    "none",
                    "none");
        }
        Phase phase = request.phase().get();
        double delta = account.dataset().delta();
        Predicate<ChargeRow> job =
                r -> r.request().key().jobId().equals(request.key().jobId());
        PrivacyLoss all = PlanAccountant.epsilon(Phases.with(rows, r -> true, Optional.of(phase)), delta);
        PrivacyLoss before = PlanAccountant.epsilon(Phases.with(rows, r -> true, Optional.empty()), delta);
        PrivacyLoss own = PlanAccountant.epsilon(Phases.with(rows, job, Optional.of(phase)), request.jobDelta());
        return new Spending(
                before.epsilon(),
                all.epsilon(),
                own.epsilon(),
                filter.order(),
                account.filterSpent() + filter.cost(phase),
                all.accountant(),
                all.version(),
                own.accountant(),
                own.version());
    }
}
