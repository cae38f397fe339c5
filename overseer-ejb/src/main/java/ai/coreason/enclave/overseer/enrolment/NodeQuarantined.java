package ai.coreason.enclave.overseer.enrolment;

/**
 * A node was taken out until it enrols again.
 *
 * @param nodeId the node
 * @param why all reasons
 */
public record NodeQuarantined(String nodeId, String why) {}
