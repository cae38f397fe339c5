package ai.coreason.enclave.overseer.enrolment;

import static org.assertj.core.api.Assertions.assertThat;

import ai.coreason.enclave.base.Json;
import ai.coreason.enclave.sentry.contract.PublicDictionary;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class SiteDictionaryTest {
    private static PublicDictionary dictionary(int maximum) {
        return PublicDictionary.parse(
                Json.read("[{\"names\": [\"age\"], \"type\": \"number\", \"maximum\": " + maximum + "}]"));
    }

    @Test
    void describe_nodeThatTellsAnew_keepsTheLast() {
        try (IdentityDatabase database = new IdentityDatabase()) {
            for (int maximum : new int[] {120, 1000}) {
                database.inTransaction(em -> {
                    IdentityDatabase.registry(em).describe("node_a", "heart", dictionary(maximum));
                    return null;
                });
            }
            Optional<PublicDictionary> told = told(database, "node_a");
            assertThat(told).contains(dictionary(1000));
            Optional<PublicDictionary> untold = told(database, "node_b");
            assertThat(untold).isEmpty();
        }
    }

    private static Optional<PublicDictionary> told(IdentityDatabase database, String node) {
        return database.inTransaction(em -> IdentityDatabase.registry(em).dictionary(node, "heart"));
    }
}
