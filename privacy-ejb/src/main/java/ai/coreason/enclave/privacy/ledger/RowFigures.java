package ai.coreason.enclave.privacy.ledger;

import ai.coreason.enclave.privacy.accounting.Phase;
import ai.coreason.enclave.privacy.accounting.PldAccountant;
import ai.coreason.enclave.privacy.accounting.RdpAccountant;
import ai.coreason.enclave.privacy.ledger.ChargeRow.Meaning;
import ai.coreason.enclave.privacy.ledger.ChargeRow.Spending;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * Holds what a row says it costs against what it costs by {@link ChargeRule}. Rows of before that rule are held against
 * their own, see {@link ChargeRule#earlier}. Used once.
 */
public final class RowFigures {
    private final ChargesSoFar before;
    private final ChargeRow row;
    private final List<String> faults = new ArrayList<>();

    private RowFigures(ChargesSoFar before, ChargeRow row) {
        this.before = before;
        this.row = row;
    }

    /**
     * The figures of a row that are not those that the rows before it lead to, each by its member.
     *
     * @param before all rows of the dataset before it
     */
    public static List<String> faults(Dataset dataset, List<ChargeRow> before, ChargeRow row) {
        return faults(ChargesSoFar.of(dataset, before), row);
    }

    /** The same behind others. */
    public static List<String> faults(ChargesSoFar before, ChargeRow row) {
        return new RowFigures(before, row).against();
    }

    /** How a row's terms differ from what its job's first charge pinned; rows of before {@link ChargeRule} may differ. */
    public static Optional<String> objection(List<ChargeRow> before, ChargeRow row) {
        return row.spending().meaning().isEmpty() ? Optional.empty() : ChargeRule.objection(before, row.request());
    }

    /** The same behind others. */
    public static Optional<String> objection(ChargesSoFar before, ChargeRow row) {
        return row.spending().meaning().isEmpty() ? Optional.empty() : ChargeRule.objection(before, row.request());
    }

    /** Which limit a row passes by its own figures, or states that no job has: above every ceiling, or above the dataset's δ. */
    public static Optional<String> limit(ChargeRow row) {
        Dataset dataset = row.dataset();
        if (row.request().jobLimit() > Dataset.HIGHEST_CEILING) {
            return Optional.of("states a job_limit of " + row.request().jobLimit() + ", and no job's is above "
                    + Dataset.HIGHEST_CEILING);
        }
        if (row.request().jobDelta() > dataset.delta()) {
            return Optional.of("states a job_delta of " + row.request().jobDelta() + ", above the dataset's of "
                    + dataset.delta());
        }
        if (row.request().phase().isPresent()
                && row.spending().filterSpentAfter() > dataset.filter().budget()) {
            return Optional.of("exceeds the dataset's ceiling of " + dataset.ceiling());
        }
        return ChargeRule.passesJobLimit(row.request(), row.spending())
                ? Optional.of("exceeds the job's limit of " + row.request().jobLimit())
                : Optional.empty();
    }

    /** Whether figures of a row are of a version before those that are here. */
    public static boolean isOfAnEarlierAccountant(ChargeRow row) {
        Spending said = row.spending();
        return ofAnEarlierAccountant(said.accountant(), said.version())
                || ofAnEarlierAccountant(said.jobAccountant(), said.jobVersion());
    }

    private List<String> against() {
        double delta = before.dataset().delta();
        boolean older = row.spending().meaning().isEmpty();
        if (older && before.meant()) {
            faults.add("epsilon_meaning: expected one, as rows before it have, got none");
        }
        Spending said = row.spending();
        Spending expected =
                older ? ChargeRule.earlier(before, row.request()) : ChargeRule.spending(before, row.request());
        number("filter_order", said.filterOrder(), expected.filterOrder());
        number("filter_spent_after", said.filterSpentAfter(), expected.filterSpentAfter());
        if (ofAnEarlierAccountant(said.accountant(), said.version())) {
            between(
                    "epsilon_after",
                    said.epsilonAfter(),
                    expected.epsilonAfter(),
                    before.phases(row.request().phase()),
                    delta);
        } else {
            number("epsilon_before", said.epsilonBefore(), expected.epsilonBefore());
            number("epsilon_after", said.epsilonAfter(), expected.epsilonAfter());
            same("accountant", said.accountant(), expected.accountant());
            same("accountant_version", said.version(), expected.version());
        }
        if (ofAnEarlierAccountant(said.jobAccountant(), said.jobVersion())) {
            Optional<Phase> next = row.request().phase();
            between(
                    "job_epsilon_after",
                    said.jobEpsilonAfter(),
                    expected.jobEpsilonAfter(),
                    before.job(row.request())
                            .map(job -> job.phases(next))
                            .orElseGet(() -> next.stream().toList()),
                    row.request().jobDelta());
        } else {
            number("job_epsilon_after", said.jobEpsilonAfter(), expected.jobEpsilonAfter());
            same("job_accountant", said.jobAccountant(), expected.jobAccountant());
            same("job_accountant_version", said.jobVersion(), expected.jobVersion());
        }
        same(
                "epsilon_meaning",
                said.meaning().map(Meaning::dataset),
                expected.meaning().map(Meaning::dataset));
        same(
                "job_epsilon_meaning",
                said.meaning().map(Meaning::job),
                expected.meaning().map(Meaning::job));
        return faults;
    }

    /** A later version of an accountant may be tighter; then a figure of an earlier one cannot be had again. */
    private static boolean ofAnEarlierAccountant(String accountant, String version) {
        String now = accountant.equals(PldAccountant.NAME) ? PldAccountant.VERSION : RdpAccountant.VERSION;
        String then = version.split("\\+", 2)[0];
        return then.matches("[0-9]{1,4}") && Integer.parseInt(then) < Integer.parseInt(now);
    }

    /** What an earlier accountant said is no less than what is known now, and no more than the Rényi figure. */
    private void between(String member, double said, double least, List<Phase> phases, double delta) {
        double most = RdpAccountant.epsilon(phases, delta).epsilon();
        if (!(said >= least || ChainCheck.near(said, least)) || !(said <= most || ChainCheck.near(said, most))) {
            faults.add(member + ": expected " + least + " to " + most + ", got " + said);
        }
    }

    private void number(String member, double said, double expected) {
        if (!ChainCheck.near(said, expected)) {
            faults.add(member + ": expected " + expected + ", got " + said);
        }
    }

    private void same(String member, Object said, Object expected) {
        if (!Objects.equals(said, expected)) {
            faults.add(member + ": expected " + expected + ", got " + said);
        }
    }
}
