package ai.coreason.enclave.node.site;

import ai.coreason.enclave.base.InvalidDocument;
import ai.coreason.enclave.base.JsonFields;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Which jobs the data owner lets run on its data: any job, or those whose digest it listed. An empty list approves none.
 *
 * @param any whether every job is approved
 * @param digests the approved job digests, lower-case hex SHA-256; empty when {@code any}
 */
public record SitePolicy(boolean any, Set<String> digests) {
    private static final Pattern DIGEST = Pattern.compile("[0-9a-f]{64}");
    private static final String EXPECTED = "\"any\" or an array of job digests (64 lower-case hex digits each)";

    public SitePolicy {
        digests = Set.copyOf(digests);
    }

    /** Whether the job with this digest may run here. */
    public boolean approves(String jobDigest) {
        return any || digests.contains(jobDigest);
    }

    static SitePolicy parse(JsonFields site, String member) {
        JsonNode value = site.any(member, EXPECTED);
        if (value.isTextual() && value.textValue().equals("any")) {
            return new SitePolicy(true, Set.of());
        }
        List<String> digests = site.list(member, EXPECTED, SitePolicy::digest);
        Set<String> distinct = new HashSet<>(digests);
        if (distinct.size() != digests.size()) {
            throw InvalidDocument.at(site.at(member), "every digest once", "one of them twice");
        }
        return new SitePolicy(false, distinct);
    }

    private static String digest(JsonNode value, String at) {
        if (!value.isTextual() || !DIGEST.matcher(value.textValue()).matches()) {
            throw InvalidDocument.at(at, "64 lower-case hex digits", JsonFields.describe(value));
        }
        return value.textValue();
    }
}
