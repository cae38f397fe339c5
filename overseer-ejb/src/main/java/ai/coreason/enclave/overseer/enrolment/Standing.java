package ai.coreason.enclave.overseer.enrolment;

/** What a caller is who shows a certificate of this federation's authority. */
public sealed interface Standing {
    /** A trusted node. */
    record Member(String nodeId) implements Standing {}

    /**
     * A node whose evidence does not hold. It gets its own report, and nothing else before it has enrolled again.
     *
     * @param why what was expected and what came
     */
    record Quarantined(String nodeId, String why) implements Standing {}

    /**
     * Nobody: the certificate was replaced, has ended, or was revoked, or its node was.
     *
     * @param why what was expected and what came
     */
    record Stranger(String why) implements Standing {}
}
