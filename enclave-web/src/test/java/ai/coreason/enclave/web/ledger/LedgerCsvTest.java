package ai.coreason.enclave.web.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import ai.coreason.enclave.base.Json;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import org.junit.jupiter.api.Test;

class LedgerCsvTest {
    private static ObjectNode row(String json) {
        return (ObjectNode) Json.read(json);
    }

    @Test
    void of_rowsWithDifferentMembers_hasAColumnForEach() {
        assertThat(LedgerCsv.of(List.of(
                        row("{\"sequence\": 1, \"epsilon_after\": 0.5, \"note\": null}"),
                        row("{\"sequence\": 2, \"waived\": true}"))))
                .isEqualTo("sequence,epsilon_after,note,waived\r\n1,0.5,,\r\n2,,,true\r\n");
    }

    @Test
    void of_textThatIsNotPlain_isQuotedAsInRfc4180() {
        assertThat(LedgerCsv.of(List.of(row("{\"a\": \"one, two\", \"b\": \"say \\\"x\\\"\", \"c\": {\"d\": [1]}}"))))
                .isEqualTo("a,b,c\r\n\"one, two\",\"say \"\"x\"\"\",\"{\"\"d\"\":[1]}\"\r\n");
    }

    @Test
    void of_whatASpreadsheetWouldCompute_isText() {
        assertThat(LedgerCsv.of(
                        List.of(row("{\"a\": \"=1+1\", \"b\": \"-x\", \"c\": -1, \"d\": \"@y\", \"e\": \"+z\"}"))))
                .isEqualTo("a,b,c,d,e\r\n\"'=1+1\",\"'-x\",-1,\"'@y\",\"'+z\"\r\n");
    }

    @Test
    void of_noRows_isEmpty() {
        assertThat(LedgerCsv.of(List.of())).isEmpty();
    }
}
