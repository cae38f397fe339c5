package ai.coreason.enclave.overseer.job;

/** Tells that a job was admitted and waits for its first round. */
public record JobAdmitted(String jobId) {}
