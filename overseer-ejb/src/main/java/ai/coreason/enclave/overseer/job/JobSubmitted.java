package ai.coreason.enclave.overseer.job;

/** Tells that a job was taken in and waits for its initial model. */
record JobSubmitted(String jobId) {}
