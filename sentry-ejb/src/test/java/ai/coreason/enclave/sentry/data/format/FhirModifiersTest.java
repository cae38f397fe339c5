package ai.coreason.enclave.sentry.data.format;

import static ai.coreason.enclave.sentry.data.format.FhirPackages.condition;
import static ai.coreason.enclave.sentry.data.format.FhirPackages.observation;
import static ai.coreason.enclave.sentry.data.format.FhirPackages.patient;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.coreason.enclave.base.InvalidDocument;
import ai.coreason.enclave.base.Json;
import ai.coreason.enclave.sentry.data.schema.Findings;
import java.io.IOException;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FhirModifiersTest {
    /** Whether there was hypertension, of each record. */
    private final List<Double> labels = new ArrayList<>();

    private Findings read(String text) throws IOException {
        return FhirReader.read(new StringReader(text), FhirPackages.table(), row -> labels.add(row.number(3)));
    }

    private static String with(String resource, String members) {
        return resource.replaceFirst("\\{", "{" + members.replace('\'', '"') + ", ");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "'status': 'entered-in-error' | DENIES status",
                "'status': 'cancelled' | DENIES status",
                "'status': 'not-done' | DENIES status",
                "'status': 'not-taken' | DENIES status",
                "'status': 'declined' | DENIES status",
                "'status': 'rejected' | DENIES status",
                "'status': 'noshow' | DENIES status",
                "'status': 'abandoned' | DENIES status",
                "'status': 'nullified' | DENIES status",
                "'status': ' Entered in  Error ' | DENIES status",
                "'status': {'coding': [{'code': 'cancelled'}]} | DENIES status",
                "'status': {'code': 'cancelled'} | DENIES status",
                "'verificationStatus': {'coding': [{'code': 'confirmed'}, {'code': 'refuted'}]} | DENIES verificationStatus",
                "'verificationStatus': {'coding': {'code': 'entered-in-error'}} | DENIES verificationStatus",
                "'verificationStatus': {'coding': [{'display': 'Refuted'}]} | DENIES verificationStatus",
                "'verificationStatus': [{'text': 'Refuted'}] | DENIES verificationStatus",
                "'verificationStatus': {'text': 'Entered in Error'} | DENIES verificationStatus",
                "'verificationStatus': 'entered-in-error' | DENIES verificationStatus",
                "'verificationStatus': 'refuted' | DENIES verificationStatus",
                "'clinicalStatus': 'entered-in-error' | DENIES clinicalStatus",
                "'lifecycleStatus': 'rejected' | DENIES lifecycleStatus",
                "'actuality': 'potential' | DENIES actuality",
                "'taken': 'n' | DENIES taken",
                "'doNotPerform': true | DENIES doNotPerform",
                "'doNotPerform': 'true' | DENIES doNotPerform",
                "'notDone': true | DENIES notDone",
                "'notPerformed': true | DENIES notPerformed",
                "'notGiven': true | DENIES notGiven",
                "'wasNotGiven': true | DENIES wasNotGiven",
                "'wasNotTaken': true | DENIES wasNotTaken",
                "'implicitRules': 'http://h/rules' | OBSCURE implicitRules",
                "'modifierExtension': [{'url': 'u'}] | OBSCURE modifierExtension",
                "'modifierExtension': {'url': 'u'} | OBSCURE modifierExtension",
                "'modifierExtension': 'u' | OBSCURE modifierExtension",
                "'component': [{'modifierExtension': [{'url': 'u'}]}] | OBSCURE modifierExtension",
                "'status': 'erledigt' | OBSCURE status",
                "'status': '' | OBSCURE status",
                "'status': 7 | OBSCURE status",
                "'status': {'value': 'final'} | OBSCURE status",
                "'verificationStatus': {'coding': [{'code': '410516002'}]} | OBSCURE verificationStatus",
                "'verificationStatus': {'text': 'ausgeschlossen'} | OBSCURE verificationStatus",
                "'verificationStatus': true | OBSCURE verificationStatus",
                "'doNotPerform': 'perhaps' | OBSCURE doNotPerform",
                "'status': 'registered' | DOUBTS status",
                "'status': 'preliminary' | DOUBTS status",
                "'status': 'draft' | DOUBTS status",
                "'status': 'planned' | DOUBTS status",
                "'status': 'intended' | DOUBTS status",
                "'status': 'unknown' | DOUBTS status",
                "'verificationStatus': {'coding': [{'code': 'unconfirmed'}]} | DOUBTS verificationStatus",
                "'verificationStatus': {'coding': [{'code': 'provisional'}]} | DOUBTS verificationStatus",
                "'verificationStatus': {'coding': [{'code': 'differential'}]} | DOUBTS verificationStatus",
                "'intent': 'proposal' | DOUBTS intent",
                "'taken': 'unk' | DOUBTS taken",
                "'active': false | DOUBTS active",
                "'isSubpotent': true | DOUBTS isSubpotent",
                "'status': 'Final' | FOREIGN status",
                "'verificationStatus': 'confirmed' | FOREIGN verificationStatus",
                "'verificationStatus': {'text': 'Confirmed'} | FOREIGN verificationStatus",
                "'clinicalStatus': 'active' | FOREIGN clinicalStatus",
                "'doNotPerform': 'false' | FOREIGN doNotPerform",
                "'activity': [{'detail': {'doNotPerform': true}}] | DENIES_A_PART doNotPerform",
                "'entry': [{'deleted': true}] | DENIES_A_PART deleted",
                "'characteristic': [{'exclude': true}] | DENIES_A_PART exclude",
                "'contained': [{'status': 'not-done'}] | DENIES_A_PART status"
            })
    void of_elementThatTurnsTheMeaning_hasItsEffect(String member, String expected) {
        assertThat(effects(member)).containsExactly(expected);
    }

    @Test
    void of_oneElementWithTwoEffects_hasBoth() {
        assertThat(effects("'verificationStatus': 'provisional'"))
                .containsExactly("DOUBTS verificationStatus", "FOREIGN verificationStatus");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "'status': 'final'",
                "'status': 'completed'",
                "'status': null",
                "'_status': {'extension': [{'url': 'u'}]}",
                "'verificationStatus': {'coding': [{'code': 'confirmed', 'display': 'Gesichert'}], 'text': 'gesichert'}",
                "'verificationStatus': {'coding': [{'code': 'G'}, {'code': 'confirmed'}]}",
                "'verificationStatus': {'extension': [{'url': 'u'}]}",
                "'verificationStatus': {}",
                "'clinicalStatus': {'coding': [{'code': 'resolved'}]}",
                "'intent': 'order'",
                "'doNotPerform': false",
                "'active': true",
                "'implicitRules': null",
                "'modifierExtension': []",
                "'text': {'status': 'generated'}",
                "'location': [{'status': 'reserved'}]",
                "'code': {'coding': [{'code': 'refuted'}]}"
            })
    void of_elementThatSaysNothingOrWhatIsMeant_hasNone(String member) {
        assertThat(effects(member)).isEmpty();
    }

    private static List<String> effects(String member) {
        List<String> all = new ArrayList<>();
        FhirModifiers.of(Json.read("{\"resourceType\": \"Condition\", " + member.replace('\'', '"') + "}"))
                .forEach((effect, names) -> names.forEach(name -> all.add(effect + " " + name)));
        return all;
    }

    /** Each was a positive label once, without a word. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "'verificationStatus': {'coding': [{'code': 'refuted'}]}",
                "'verificationStatus': 'entered-in-error'",
                "'verificationStatus': {'text': 'Entered in Error'}",
                "'verificationStatus': {'coding': [{'code': '410516002'}]}",
                "'implicitRules': 'http://h/rules'",
                "'stage': [{'modifierExtension': [{'url': 'u'}]}]"
            })
    void read_diagnosisThatDoesNotCount_isNoPositiveLabelAndIsTold(String member) throws Exception {
        String element = member.contains("modifierExtension") ? "modifierExtension" : member.split("'")[1];
        Findings found = read(patient("a")
                + observation("o1", "Patient/a", "1")
                + with(condition("Patient/a", "38341003"), member)
                + with(condition("Patient/a", "38341003"), member));
        assertThat(found.clean()).isTrue();
        assertThat(labels).containsExactly(0.0);
        assertThat(found.notes())
                .anyMatch(n -> n.startsWith("2 resources of type Condition ")
                        && n.contains(" " + element + " ")
                        && n.endsWith(" and were left out"));
    }

    @Test
    void read_diagnosisThatIsNotCertain_countsAndIsTold() throws Exception {
        Findings found = read(patient("a")
                + observation("o1", "Patient/a", "1")
                + with(
                        condition("Patient/a", "38341003"),
                        "'verificationStatus': {'coding': [{'code': 'provisional'}]}"));
        assertThat(labels).containsExactly(1.0);
        assertThat(found.notes())
                .contains(
                        "1 resources of type Condition say by their verificationStatus that they are not certain, or not"
                                + " done yet, and count all the same");
    }

    @Test
    void read_cancelledRecord_isNone() throws Exception {
        Findings found = read(patient("a")
                + observation("o1", "Patient/a", "1")
                + with(observation("o2", "Patient/a", "2"), "'status': 'cancelled'"));
        assertThat(found.rows()).isEqualTo(1);
        assertThat(found.notes())
                .contains(
                        "1 resources of type Observation say by their status that they are an error, are excluded or did"
                                + " not happen, and were left out");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{'resourceType': 'Bundle', 'implicitRules': 'secret', 'entry': [%s]}",
                "{'resourceType': 'Bundle', 'entry': [%s], 'implicitRules': 'secret'}",
                "{'resourceType': 'Bundle', 'entry': [{'modifierExtension': [{'url': 'secret'}], 'resource': %s}]}"
            })
    void read_bundleThatMustNotBeReadWithoutItsRules_isRefused(String bundle) {
        String text = bundle.replace('\'', '"')
                .formatted(bundle.contains("'resource'") ? patient("a") : "{\"resource\": " + patient("a") + "}");
        assertThatThrownBy(() -> read(text))
                .isInstanceOf(InvalidDocument.class)
                .hasMessageContaining("a Bundle without implicitRules or modifierExtension")
                .hasMessageNotContaining("secret");
    }

    @Test
    void read_comparatorInAnyPart_isTold() throws Exception {
        Findings found = read(patient("a")
                + observation("o1", "Patient/a", "1")
                + with(condition("Patient/a", "38341003"), "'onsetAge': {'value': 60, 'comparator': '<'}"));
        assertThat(found.notes())
                .contains(
                        "1 resources of type Condition give a quantity with a comparator such as <, of which paths read"
                                + " the number alone");
    }
}
