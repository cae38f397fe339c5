package ai.coreason.enclave.launcher.holdout;

import ai.coreason.enclave.privacy.graph.LossKind;
import ai.coreason.enclave.sentry.contract.FederationJob;
import ai.coreason.enclave.sentry.data.DataResource;
import ai.coreason.enclave.sentry.data.format.CsvTable;
import ai.coreason.enclave.sentry.tensor.Safetensors;
import java.io.IOException;
import java.nio.file.Path;

/**
 * The share of public records whose label a model predicts: the class of the largest logit, or for one logit whether it
 * is above 0. It costs no privacy, since no node's record goes in.
 */
public final class HoldoutAccuracy {
    private HoldoutAccuracy() {}

    /**
     * Checks, before there is a model, that a model of the job can be measured.
     *
     * @param resource a node's data, whose dialect and schema the records obey
     * @throws Unmeasurable if it cannot, saying why
     * @throws ai.coreason.enclave.base.InvalidDocument if the file is malformed
     * @throws IOException if the file cannot be read
     */
    public static void require(FederationJob job, DataResource resource, Path csv) throws IOException, Unmeasurable {
        requireClassifier(job);
        if (PublicTable.read(csv, table(resource), job).count() == 0) {
            throw new Unmeasurable("expected at least one record, got none");
        }
    }

    private static CsvTable table(DataResource resource) throws Unmeasurable {
        if (resource.format() instanceof CsvTable table) {
            return table;
        }
        throw new Unmeasurable("expected a federation of CSV files, got another format");
    }

    private static void requireClassifier(FederationJob job) throws Unmeasurable {
        if (job.model().loss() == LossKind.MSE) {
            throw new Unmeasurable("expected a model that classifies, got one that predicts numbers (loss mse)");
        }
    }

    /** The same as {@link #of(FederationJob, CsvTable, Path, Path)}, by the dialect and schema of a node's data. */
    public static double of(FederationJob job, DataResource resource, Path csv, Path model)
            throws IOException, Unmeasurable {
        return of(job, table(resource), csv, model);
    }

    /**
     * Measures.
     *
     * @param job what was trained: its graph, its features and its label
     * @param table the dialect and schema that the records obey, as a node's data package states them
     * @param csv the public records; at least one
     * @param model safetensors, as the Overseer gives it out
     * @return a number in [0, 1]
     * @throws Unmeasurable if the model or the records are of a kind that cannot be measured here, saying which
     * @throws ai.coreason.enclave.base.InvalidDocument if a file is malformed
     * @throws IOException if a file cannot be read
     */
    public static double of(FederationJob job, CsvTable table, Path csv, Path model) throws IOException, Unmeasurable {
        requireClassifier(job);
        Forward forward = new Forward(job.model(), Safetensors.map(model));
        PublicTable records = PublicTable.read(csv, table, job);
        int count = records.count();
        if (count == 0) {
            throw new Unmeasurable("expected at least one record, got none");
        }
        long size = job.model().input().shape().size();
        int right = 0;
        for (int i = 0; i < count; i++) {
            float[] x = records.input(i);
            if (x.length != size) {
                throw new Unmeasurable("expected " + size + " numbers a record, the features give " + x.length);
            }
            if (predicted(forward.apply(x), job.model().loss()) == (int) records.label(i)) {
                right++;
            }
        }
        return right / (double) count;
    }

    private static int predicted(float[] logits, LossKind loss) throws Unmeasurable {
        if (loss == LossKind.BCE_WITH_LOGITS) {
            if (logits.length != 1) {
                throw new Unmeasurable("expected one logit, got " + logits.length);
            }
            return logits[0] > 0 ? 1 : 0;
        }
        int best = 0;
        for (int i = 1; i < logits.length; i++) {
            best = logits[i] > logits[best] ? i : best;
        }
        return best;
    }
}
