package ai.coreason.enclave.overseer.round;

/** Tells that something happened in a job that may allow its round to close. */
public record RoundMoved(String jobId) {}
