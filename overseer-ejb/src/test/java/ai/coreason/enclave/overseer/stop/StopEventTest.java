package ai.coreason.enclave.overseer.stop;

import static org.assertj.core.api.Assertions.assertThat;

import ai.coreason.enclave.overseer.stop.StopOrder.Kind;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StopEventTest {
    @ParameterizedTest
    @CsvSource({
        "NODE, node.revoked, node.reinstated",
        "CERTIFICATE, certificate.revoked, certificate.reinstated",
        "USER, user.revoked, user.reinstated",
        "JOB, job.frozen, job.thawed",
        "FEDERATION, federation.frozen, federation.thawed"
    })
    void name_ofEachKind_saysWhatHappened(Kind kind, String stopped, String goesOn) {
        assertThat(new StopEvent(kind, "s", true, "operator").name()).isEqualTo(stopped);
        assertThat(new StopEvent(kind, "s", false, "operator").name()).isEqualTo(goesOn);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {"NODE; {\"by\":\"operator\",\"subject\":\"s\"}", "FEDERATION; {\"by\":\"operator\"}"})
    void details_nameTheSubjectWhereThereIsOne(Kind kind, String details) {
        assertThat(new StopEvent(kind, "s", true, "operator").details()).hasToString(details);
    }
}
