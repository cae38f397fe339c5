package ai.coreason.enclave.overseer.evaluation;

import ai.coreason.enclave.privacy.dpsgd.Predictor;
import ai.coreason.enclave.privacy.graph.Weights;
import ai.coreason.enclave.sentry.contract.FederationJob;
import ai.coreason.enclave.sentry.data.encode.Encoded;
import java.util.Arrays;

/** A job's public records, and its graph ready for forward passes. Not thread-safe; holds native memory until closed. */
final class HoldOut implements AutoCloseable {
    private final FederationJob job;
    private final Encoded records;
    private final String notes;
    private final Predictor predictor;
    private final int outputs;

    private HoldOut(FederationJob job, PublicData.Records records, Predictor predictor) {
        this.job = job;
        this.records = records.encoded();
        this.notes = String.join("; ", records.notes());
        this.predictor = predictor;
        this.outputs = Math.toIntExact(Arrays.stream(job.model().outputShape()).reduce(1, Math::multiplyExact));
    }

    static HoldOut of(FederationJob job, PublicData.Records records) {
        return new HoldOut(job, records, new Predictor(job.model()));
    }

    /** Whether it is that of this job. */
    boolean of(FederationJob other) {
        return job.digest().equals(other.digest());
    }

    /** Measures a model of the job. */
    HeldOut score(Weights weights) {
        Score.Tally tally = new Score.Tally(job.model().loss(), outputs);
        float[] given = predictor.predict(weights, records.x());
        if (records.classes() == null) {
            tally.numbers(given, records.targets());
        } else {
            tally.classes(given, records.classes());
        }
        return new HeldOut.Measured(tally.score(), notes);
    }

    @Override
    public void close() {
        predictor.close();
    }
}
