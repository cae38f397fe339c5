package ai.coreason.enclave.overseer.enrolment;

import ai.coreason.enclave.base.Json;
import ai.coreason.enclave.sentry.contract.PublicDictionary;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Lob;
import jakarta.persistence.Table;
import jakarta.persistence.Version;
import java.nio.charset.StandardCharsets;

/** The public dictionary of a node's dataset, as the node told it when it enrolled last. */
@Entity
@Table(name = "site_dictionary")
public class SiteDictionary {
    @Id
    @Column(name = "dictionary_key", length = 200)
    private String key;

    @Lob
    @Column(name = "fields_json", nullable = false)
    private String fields;

    @Version
    private long version;

    /** For JPA. */
    protected SiteDictionary() {}

    SiteDictionary(String nodeId, String datasetId) {
        this.key = key(nodeId, datasetId);
    }

    /** Neither part of the key holds a slash. */
    static String key(String nodeId, String datasetId) {
        return nodeId + '/' + datasetId;
    }

    void tell(PublicDictionary dictionary) {
        fields = new String(Json.write(dictionary.json()), StandardCharsets.UTF_8);
    }

    PublicDictionary dictionary() {
        return PublicDictionary.parse(Json.read(fields));
    }
}
