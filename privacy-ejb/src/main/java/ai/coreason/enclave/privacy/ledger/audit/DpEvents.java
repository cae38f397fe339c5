package ai.coreason.enclave.privacy.ledger.audit;

import ai.coreason.enclave.base.Json;
import ai.coreason.enclave.privacy.accounting.Phase;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/**
 * Charges as a tree of {@code DpEvent} of the Python library dp_accounting (0.6, {@code dp_accounting.dp_event}): every
 * node names its class in {@code module_name} and {@code class_name}, as that library's own named-tuple form does; the
 * other members are the class's attributes.
 */
final class DpEvents {
    private DpEvents() {}

    /**
     * A {@code ComposedDpEvent} of one {@code SelfComposedDpEvent} a phase, of {@code PoissonSampledDpEvent} of
     * {@code GaussianDpEvent}.
     *
     * @param unprotected whether something was released without noise, which adds a {@code NonPrivateDpEvent}
     */
    static ObjectNode composed(List<Phase> phases, boolean unprotected) {
        ObjectNode composed = event("ComposedDpEvent");
        ArrayNode events = composed.putArray("events");
        for (Phase phase : phases) {
            ObjectNode sampled = event("PoissonSampledDpEvent").put("sampling_probability", phase.samplingRate());
            sampled.set("event", event("GaussianDpEvent").put("noise_multiplier", phase.noiseMultiplier()));
            ObjectNode repeated = event("SelfComposedDpEvent");
            repeated.set("event", sampled);
            events.add(repeated.put("count", phase.steps()));
        }
        if (unprotected) {
            events.add(event("NonPrivateDpEvent"));
        }
        return composed;
    }

    private static ObjectNode event(String className) {
        return Json.object().put("module_name", "dp_accounting.dp_event").put("class_name", className);
    }
}
