package ai.coreason.enclave.sentry.data.format;

import static org.assertj.core.api.Assertions.assertThat;

import ai.coreason.enclave.base.Json;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PatientsTest {
    private static final String UUID = "4e8ed886-fd5f-40bb-8feb-f339b04d853a";

    private final Patients patients = new Patients();

    private Optional<String> of(Optional<Patients.Name> name) {
        return name.flatMap(patients::find);
    }

    private Optional<Patients.Name> patient(String id, String fullUrl) {
        return patients.learn(Json.object().put("resourceType", "Patient").put("id", id), fullUrl);
    }

    private Optional<Patients.Name> subject(String reference) {
        ObjectNode observation = Json.object().put("resourceType", "Observation");
        observation.putObject("subject").put("reference", reference);
        return patients.learn(observation, "");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Patient/" + UUID,
                "Patient/" + UUID + "/_history/3",
                "urn:uuid:" + UUID,
                "urn:uuid:4E8ED886-FD5F-40BB-8FEB-F339B04D853A",
                "http://h.example/Patient/" + UUID,
                "https://h.example:8080/fhir/r4/Patient/" + UUID + "/_history/a.b-1"
            })
    void find_everyFormOfOneId_isOnePatient(String reference) {
        var patient = patient(UUID, "");
        assertThat(of(subject(reference))).isPresent().isEqualTo(of(patient));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "Patient/",
                "Patient/a b",
                "Patient/ä",
                "Patient/a%20b",
                "Patient/a\u0000",
                "patient/a",
                "Patient/a/",
                "Patient/a/_history/",
                "Patient/a?b",
                "Patient?identifier=a",
                "#a",
                "Group/a",
                "Device/a",
                "ftp://h/Patient/a",
                "urn:uuid:",
                "urn:uuid:" + UUID,
                "xPatient/a",
                "Patient/12345678901234567890123456789012345678901234567890123456789012345"
            })
    void find_whatNamesNoPatient_isNone(String reference) {
        assertThat(of(subject(reference))).isEmpty();
    }

    @Test
    void find_fullUrlAndIdOfOneEntry_areOnePatientWhereverTheyStand() {
        var early = subject("urn:uuid:" + UUID);
        var patient = patient("p1", "urn:uuid:" + UUID);
        var late = subject("https://h/Patient/p1");
        assertThat(of(early)).isPresent().isEqualTo(of(patient)).isEqualTo(of(late));
        assertThat(of(subject("Patient/p2"))).isPresent().isNotEqualTo(of(patient));
    }

    @Test
    void find_patientWithoutId_isNamedByItsFullUrl() {
        var patient = patients.learn(Json.object().put("resourceType", "Patient"), "urn:uuid:" + UUID);
        assertThat(of(subject("urn:uuid:" + UUID))).isPresent().isEqualTo(of(patient));
        assertThat(of(patients.learn(Json.object().put("resourceType", "Patient"), "")))
                .isEmpty();
    }

    @Test
    void find_urnOfWhatIsNoPatient_isNone() {
        patients.learn(Json.object().put("resourceType", "Device").put("id", UUID), "urn:uuid:" + UUID);
        assertThat(of(subject("urn:uuid:" + UUID))).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"Patient, other", "Person, target"})
    void find_linkedPatients_areOne(String type, String member) {
        var a = patient("a", "");
        var b = patient("b", "");
        assertThat(of(a)).isNotEqualTo(of(b));
        ObjectNode linking = Json.object().put("resourceType", type).put("id", type.equals("Patient") ? "c" : "x");
        for (String id : new String[] {"a", "b"}) {
            linking.withArray("/link").addObject().putObject(member).put("reference", "Patient/" + id);
        }
        patients.learn(linking, "");
        assertThat(of(a)).isEqualTo(of(b));
        assertThat(of(patient("d", ""))).isNotEqualTo(of(a));
    }

    @Test
    void learn_severalSubjects_isNoneUnlessAllAreOne() {
        ObjectNode account = (ObjectNode) Json.read("""
                {"resourceType": "Account", "subject": [{"reference": "Patient/a"}, {"reference": "Patient/a"}]}
                """);
        assertThat(of(patients.learn(account, ""))).isPresent();
        account.withArray("/subject").addObject().put("reference", "Patient/b");
        assertThat(of(patients.learn(account, ""))).isEmpty();
        ObjectNode claim = (ObjectNode) Json.read("""
                {"resourceType": "Claim", "patient": {"reference": "Patient/a"}, "subject": {"display": "b"}}
                """);
        assertThat(of(patients.learn(claim, ""))).isEmpty();
    }

    @Test
    void find_longChainOfLinks_isOnePatient() {
        for (int i = 0; i < 20_000; i++) {
            ObjectNode p = Json.object().put("resourceType", "Patient").put("id", "p" + i);
            p.withArray("/link").addObject().putObject("other").put("reference", "Patient/p" + (i + 1));
            patients.learn(p, "");
        }
        assertThat(of(subject("Patient/p0"))).isEqualTo(of(subject("Patient/p20000")));
    }
}
