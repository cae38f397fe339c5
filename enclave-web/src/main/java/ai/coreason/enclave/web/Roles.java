package ai.coreason.enclave.web;

/** The groups that a token can carry. */
public final class Roles {
    /** Submits jobs and takes models away. */
    public static final String FOUNDRY = "foundry";
    /** Runs the federation: nodes, jobs, enrolment. */
    public static final String OPERATOR = "operator";
    /** Reads ledgers and the audit log. */
    public static final String AUDITOR = "auditor";

    private Roles() {}
}
