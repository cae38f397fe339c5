package ai.coreason.enclave.sentry.data.schema;

import ai.coreason.enclave.sentry.contract.PublicField;
import java.util.List;
import java.util.Set;

/** What records are once they are read, whatever form they are written in: rows of columns, or tensors. */
public sealed interface Layout permits TableSchema, Tensors {
    /**
     * What its columns or tensors mean to whoever trains on several sites' records.
     *
     * @param missingTexts texts that mean that a value is missing, besides those that the layout itself states
     */
    List<PublicField> published(Set<String> missingTexts);
}
