package ai.coreason.enclave.overseer.job;

/**
 * What names a job's parts, each lower-case hex SHA-256 over canonical JSON.
 *
 * @param document the document as submitted, without its id
 * @param job what sites approve: the document, the id and the job's sealing key
 * @param graph the model graph
 */
public record JobDigests(String document, String job, String graph) {}
