package ai.coreason.enclave.node.training;

import ai.coreason.enclave.node.enrolment.Enrolment;
import ai.coreason.enclave.node.site.OfferedDatasets;
import ai.coreason.enclave.privacy.ledger.Dataset;
import ai.coreason.enclave.privacy.ledger.DatasetAccount;
import ai.coreason.enclave.sentry.contract.DatasetRegistration;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** What the node tells of its data at an enrolment: the offered datasets as their ledger stands now. */
public final class Holdings implements Supplier<Enrolment.Holdings> {
    private final RoundBooks books;
    private final OfferedDatasets offered;

    /** The holdings of a node that offers these datasets. */
    public Holdings(RoundBooks books, OfferedDatasets offered) {
        this.books = books;
        this.offered = offered;
    }

    @Override
    public Enrolment.Holdings get() {
        List<DatasetAccount> accounts = books.accounts().stream()
                .filter(a -> offered.named(a.dataset().datasetId()).isPresent())
                .toList();
        Optional<Enrolment.Holdings.Head> head =
                accounts.size() == 1 ? Optional.of(head(accounts.get(0))) : Optional.empty();
        return new Enrolment.Holdings(accounts.stream().map(this::registration).toList(), head);
    }

    private static Enrolment.Holdings.Head head(DatasetAccount account) {
        return new Enrolment.Holdings.Head(account.sequence(), account.head());
    }

    private DatasetRegistration registration(DatasetAccount account) {
        Dataset dataset = account.dataset();
        return new DatasetRegistration(
                dataset,
                dataset.filter().order(),
                account.filterSpent(),
                offered.named(dataset.datasetId()).map(o -> o.resource().dictionary()));
    }
}
