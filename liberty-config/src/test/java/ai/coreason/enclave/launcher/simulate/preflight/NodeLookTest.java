package ai.coreason.enclave.launcher.simulate.preflight;

import static org.assertj.core.api.Assertions.assertThat;

import ai.coreason.enclave.base.Json;
import ai.coreason.enclave.launcher.synthetic.SyntheticHospitals;
import ai.coreason.enclave.sentry.contract.FederationJob;
import ai.coreason.enclave.sentry.contract.JobRules;
import ai.coreason.enclave.sentry.data.DataPackage;
import ai.coreason.enclave.sentry.data.DataResource;
import ai.coreason.enclave.sentry.data.schema.Findings;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NodeLookTest {
    @TempDir
    private Path folder;

    private ObjectNode dataPackage;
    private FederationJob job;

    @BeforeEach
    void write() throws IOException {
        SyntheticHospitals.write(folder, 1);
        dataPackage = (ObjectNode) Json.read(Files.readAllBytes(folder.resolve("datapackage.json")));
        ObjectNode unit = ((ObjectNode) dataPackage.at("/resources/0/coreason")).putObject("privacy_unit");
        unit.put("column", "age_group").put("max_records", 1);
        ((ObjectNode) dataPackage.at("/resources/0/schema"))
                .withArray("fields")
                .addObject()
                .put("name", "age_group");
        List<String> lines = Files.readAllLines(folder.resolve("harbour.csv"));
        for (int i = 0; i < lines.size(); i++) {
            lines.set(i, lines.get(i) + (i == 0 ? ",age_group" : ",g" + i));
        }
        Files.write(folder.resolve("harbour.csv"), lines);
        job = FederationJob.parse(Json.read(Files.readAllBytes(folder.resolve("job.json"))), JobRules.inSimulation());
    }

    private List<String> notes(Optional<FederationJob> reader, long heapBytes) throws IOException {
        DataPackage data = DataPackage.parse(dataPackage, folder);
        DataResource resource = data.resources().get(0);
        NodeLook look = new NodeLook(reader, resource, heapBytes);
        Findings found = resource.format().read(data.files(resource), look);
        assertThat(found.clean()).isTrue();
        return look.notes(found);
    }

    @Test
    void notes_heapThatHoldsTheUnits_areTheNodes() throws IOException {
        assertThat(notes(Optional.of(job), 64 << 20)).noneMatch(n -> n.contains("not looked at"));
    }

    @Test
    void notes_heapThatHoldsThemNot_sayThatTheNodesLogTellsMore() throws IOException {
        assertThat(notes(Optional.of(job), 512 * 20))
                .singleElement()
                .asString()
                .startsWith(
                        "what the job makes of the records is not looked at here (dataset: expected at most 20 records,")
                .endsWith("; its node's log tells it");
        assertThat(notes(Optional.of(job), 512)).singleElement().asString().contains("expected at most 1 numbers");
    }

    @Test
    void notes_noJob_areWhatWasFound() throws IOException {
        assertThat(notes(Optional.empty(), 64 << 20)).isEmpty();
    }
}
