package ai.coreason.enclave.sentry.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.coreason.enclave.base.InvalidDocument;
import ai.coreason.enclave.sentry.SharedData;
import ai.coreason.enclave.sentry.data.format.CsvTable;
import ai.coreason.enclave.sentry.data.format.FhirReader;
import ai.coreason.enclave.sentry.data.format.FhirTable;
import ai.coreason.enclave.sentry.data.format.TableReader;
import ai.coreason.enclave.sentry.data.schema.Findings;
import ai.coreason.enclave.sentry.data.schema.Rule;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Files as people have them, each with what is right of it. */
class CasesTest {
    private final List<Double> thirdColumn = new ArrayList<>();

    private Findings read(String name, String resourceName) throws IOException {
        DataPackage data = DataPackage.read(SharedData.file("cases/" + name + "/datapackage.json"));
        DataResource resource = data.resource(resourceName).orElseThrow();
        if (resource.format() instanceof FhirTable table) {
            return FhirReader.read(data.files(resource), table, row -> thirdColumn.add(row.number(2)));
        }
        return TableReader.read(data.file(resource), (CsvTable) resource.format(), row -> {});
    }

    @Test
    void booleanEnum_holdsLogicalValues() throws Exception {
        assertThat(read("boolean-enum-refused", "site").clean()).isTrue();
    }

    @Test
    void primaryKey_isChecked() throws Exception {
        assertThat(read("primarykey-ignored", "site").violations()).isEqualTo(Map.of("pid", Map.of(Rule.UNIQUE, 1L)));
        assertThat(read("zero-rows-silent", "pkdup").violations()).containsKey("pid");
    }

    @Test
    void otherBytes_areToldByTheirLine() {
        assertThatThrownBy(() -> read("utf8-line-wrong", "site"))
                .isInstanceOf(InvalidDocument.class)
                .hasMessage(
                        "file, line 350: expected text in UTF-8, got bytes of another encoding, as Latin-1 has them");
    }

    @Test
    void overlappingExports_countAResourceOnce() throws Exception {
        assertThat(read("fhir-dup-context", "site").clean()).isTrue();
        assertThat(thirdColumn).containsExactly(1.0);
    }

    @Test
    void deletedResource_isNoRecord() throws Exception {
        assertThat(read("fhir-deleted-ignored", "site").rows()).isEqualTo(1);
    }

    @Test
    void logOfAnExport_isPassedOver() throws Exception {
        Findings found = read("fhir-log-refused", "site");
        assertThat(found.clean()).isTrue();
        assertThat(found.rows()).isEqualTo(1);
        assertThat(found.notes())
                .contains("1 objects are of the export's log or manifest and were passed over")
                .contains("no file has a resource of type Condition, which the data package names");
    }
}
