package ai.coreason.enclave.node.overseer;

import ai.coreason.enclave.base.InvalidDocument;
import ai.coreason.enclave.base.Json;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.Set;

/**
 * The Overseer's answer that a request will not do: a status of 4xx, with what its {@code application/problem+json} body
 * (RFC 9457) says. The message holds printable characters only and at most 300 of the detail.
 */
public final class OverseerRefusal extends Exception {
    private static final long serialVersionUID = 1L;
    private static final int SHOWN = 300;
    private static final String TYPE = "urn:coreason:problem:";
    /** Refusals of the caller or of the moment, not of what was asked: the same request may pass later. */
    private static final Set<Integer> OF_THE_CALLER = Set.of(401, 408, 425, 429);

    private static final Set<String> FOR_PEOPLE = Set.of("registration-refused", "node-revoked", "invalid-document");

    private final int status;
    private final String slug;

    private OverseerRefusal(int status, String slug, String message) {
        super(message);
        this.status = status;
        this.slug = slug;
    }

    static OverseerRefusal of(String request, int status, byte[] body) {
        String slug = "";
        String said = "";
        try {
            JsonNode problem = Json.read(body);
            String type = problem.path("type").asText("");
            slug = type.startsWith(TYPE) ? printable(type.substring(TYPE.length())) : "";
            said = problem.path("detail").asText(problem.path("title").asText(""));
        } catch (InvalidDocument e) {
            said = body.length == 0 ? "" : "a body of " + body.length + " bytes that is no problem document";
        }
        String why = said.isEmpty() ? "" : ": " + printable(said);
        String named = slug.isEmpty() ? "" : " (" + slug + ")";
        return new OverseerRefusal(status, slug, request + " was answered " + status + named + why);
    }

    /** The HTTP status, 400 to 499. */
    public int status() {
        return status;
    }

    /** The last part of the problem's type; empty when the answer named none. */
    public String slug() {
        return slug;
    }

    /** Whether the Overseer does not accept this node's certificate: 401. */
    public boolean concernsIdentity() {
        return status == 401;
    }

    /**
     * Whether an enrolment that was answered so can only succeed once a person has acted: the data owner, or an operator of the
     * federation.
     */
    public boolean waitsForPeople() {
        return FOR_PEOPLE.contains(slug);
    }

    /** Whether the same request can never succeed. */
    public boolean isFinal() {
        return !OF_THE_CALLER.contains(status);
    }

    private static String printable(String text) {
        String shown = text.length() > SHOWN ? text.substring(0, SHOWN) + "…" : text;
        return shown.replaceAll("\\p{Cntrl}", " ");
    }
}
