package ai.coreason.enclave.launcher.simulate.preflight;

import ai.coreason.enclave.base.InvalidDocument;
import ai.coreason.enclave.sentry.contract.FederationJob;
import ai.coreason.enclave.sentry.data.DataResource;
import ai.coreason.enclave.sentry.data.encode.RecordLook;
import ai.coreason.enclave.sentry.data.encode.ResourceFit;
import ai.coreason.enclave.sentry.data.format.RecordSink;
import ai.coreason.enclave.sentry.data.schema.Findings;
import ai.coreason.enclave.sentry.data.schema.Row;
import ai.coreason.enclave.sentry.tensor.Safetensors;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Looks at a site's records as its node will, to note what the node would tell. It refuses nothing: where this process has not
 * the memory, it gives up and says so. Not thread-safe; one instance looks at one source.
 */
final class NodeLook implements RecordSink {
    private final DataResource resource;
    private Optional<RecordLook> look = Optional.empty();
    private Optional<String> givenUp = Optional.empty();

    /**
     * @param job what reads the records; where there is none, or it does not fit them, which is told elsewhere, only what was
     *     found when they were read is noted
     * @param heapBytes what may be used of the heap
     */
    NodeLook(Optional<FederationJob> job, DataResource resource, long heapBytes) {
        this.resource = resource;
        job.filter(j -> ResourceFit.objections(j, resource).isEmpty())
                .ifPresent(j -> attempt(() -> look = Optional.of(RecordLook.of(j, resource, heapBytes))));
    }

    @Override
    public void row(Row row) {
        look.ifPresent(l -> attempt(() -> l.row(row)));
    }

    @Override
    public void tensors(Safetensors file) {
        look.ifPresent(l -> attempt(() -> l.tensors(file)));
    }

    /** What is worth a look; all records obey their schema. */
    List<String> notes(Findings found) {
        if (look.isPresent()) {
            return look.get().notes(found);
        }
        List<String> notes = new ArrayList<>(found.notes());
        if (found.rows() == 0) {
            notes.add("no record to train on: " + resource.name()
                    + " can send nothing but noise, and pays for it all the same");
        }
        givenUp.ifPresent(why -> notes.add(
                "what the job makes of the records is not looked at here (" + why + "); its node's log tells it"));
        return notes;
    }

    private void attempt(Runnable step) {
        try {
            step.run();
        } catch (InvalidDocument e) {
            look = Optional.empty();
            givenUp = Optional.of(e.getMessage());
        }
    }
}
