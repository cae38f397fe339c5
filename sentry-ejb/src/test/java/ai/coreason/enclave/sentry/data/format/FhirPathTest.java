package ai.coreason.enclave.sentry.data.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.coreason.enclave.base.InvalidDocument;
import ai.coreason.enclave.base.Json;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FhirPathTest {
    private static final JsonNode DOCUMENT = Json.read("""
            {"resource": {"encounter": {"reference": "Encounter/1"}, "valueQuantity": {"value": 70.5}, "nothing": null,
                          "active": true, "note": "a (b)",
                          "component": [{"code": {"coding": [{"code": "x"}, {"code": "8480-6"}]}, "value": 120},
                                        {"code": {"coding": [{"code": "8462-4"}]}, "value": 80}]},
             "patient": {"Condition": [
                 {"code": {"coding": [{"code": "1"}]}, "encounter": {"reference": "Encounter/1"}},
                 {"code": {"coding": [{"code": "2"}, {"code": "3"}]}, "encounter": {"reference": "Encounter/2"}}]}}
            """);

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "$.resource.valueQuantity.value | [70.5]",
                "$.resource.nothing | []",
                "$.resource.none.such | []",
                "$.resource.active | [true]",
                "$['resource']['active'] | [true]",
                "$.resource.component[*].value | [120, 80]",
                "$.resource.component[-1].value | [80]",
                "$.resource.component[7].value | []",
                "$.resource.component[?(@.code.coding[*].code contains '8480-6')].value | [120]",
                "$.resource.component[?(@.code.coding[0].code in ['8462-4', '8480-6'])].value | [80]",
                "$.resource[?(@.note == 'a (b)')].active | [true]",
                "$.resource[?(@.valueQuantity.value > 70 && @.active == true)].active | [true]",
                "$.resource[?(@.valueQuantity)].active | [true]",
                "$.resource[?(@.valueString)].active | []",
                "$.patient.Condition[*].code.coding[?(@.code == '3')].code | [\"3\"]",
                "$.patient.Condition[?(@.encounter.reference == $.resource.encounter.reference)].code.coding[0].code "
                        + "| [\"1\"]",
                "$.patient.Procedure[*].code | []"
            })
    void values_ofAPathThatIsTaken_areFound(String path, String values) {
        assertThat(FhirPath.of(path, "p").values(DOCUMENT).orElseThrow()).hasToString(values);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "$",
                "$.",
                "resource.active",
                "@.resource",
                "$.resource[",
                "$.resource.",
                "$.resource[?(",
                "$.resource[?(@.a==)]",
                "$.resourse.active",
                "$.patient",
                "$.patient.Condition",
                "$.patient.Condition.code",
                "$.patient[*]",
                "$.patient.*",
                "$.patient.condition[*]",
                "$.*.active",
                "$..active",
                "$.resource..value",
                "$.resource[?(@..value > 1)]",
                "$.resource[?(@.note =~ /(a+)+b/)]",
                "$.resource[0:2]",
                "$.resource['a','b']",
                "$.resource.component.length()",
                "$.resource.component.append(1)",
                "$.resource[?(@.component.append(1) > 1)]",
                "$.sum($.resource.a, $.resource.b)",
                "$.resource[?(@.a == $.patient.Condition[0].code)]",
                "$.patient.Condition[?(@.code.coding[?(@.code == '1')])]",
                "$.patient.Condition[?(@.code.coding[*].code)]",
                "$.patient.Condition[?(!@.code.coding[*].code)]",
                "$.patient.Condition[?(@.code.coding[*].code && @.a == 1)]",
                "$.resource.two words"
            })
    void of_pathThatIsNotTaken_isRefusedByItsMember(String path) {
        assertThatThrownBy(() -> FhirPath.of(path, "fhir.columns.c"))
                .isInstanceOf(InvalidDocument.class)
                .hasMessageStartingWith("fhir.columns.c: expected ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"[", "(", "[?(", "[?(@.a == (", "a.", "[0]", "!", "@", "'", "$", "[?(@.a[*]", "*@"})
    void of_longestOfOnePart_isReadOrRefused(String part) {
        for (String begin : new String[] {"$.resource.", "$.resource[?("}) {
            try {
                FhirPath.of(begin + part.repeat(480 / part.length()), "p");
            } catch (InvalidDocument refused) {
                assertThat(refused).hasMessageStartingWith("p: expected ");
            }
        }
        assertThatThrownBy(() -> FhirPath.of("$.resource" + ".a".repeat(246), "p"))
                .hasMessage("p: expected at most 500 characters, got 502");
    }

    /** The library compiles texts of the document that begin with $ as paths where a list may contain them. */
    @ParameterizedTest
    @ValueSource(strings = {"$", "$..a", "$[?(@.a =~ /(a+)+$/)]", "[1,", "[[1]]", "{}", "@", "$.long", "[deep]"})
    void values_textsOfTheDocumentThatLookLikePaths_doNoHarm(String text) {
        String hostile = text.replace("long", "a.".repeat(200_000) + "a")
                .replace("deep", "[".repeat(200_000) + "]".repeat(200_000));
        ObjectNode document = Json.object();
        document.putObject("resource").putArray("codes").add(hostile).add("x");
        String before = document.toString();
        FhirPath path = FhirPath.of("$.resource[?(@.codes contains 'x')].codes[1]", "p");
        path.values(document).ifPresent(v -> assertThat(v).hasSizeLessThan(2));
        assertThat(document.toString()).isEqualTo(before);
    }

    @Test
    void values_filterOverAText_isNotOfThePathsForm() {
        assertThat(FhirPath.of("$.resource.note[?(@.a == 1)]", "p").values(DOCUMENT))
                .isEmpty();
    }

    @Test
    void type_ofAPatientsResources_isTold() {
        assertThat(FhirPath.of("$.patient.Condition[*]", "p").type()).contains("Condition");
        assertThat(FhirPath.of("$.resource.code", "p").type()).isEmpty();
    }
}
