package ai.coreason.enclave.web;

/** The roles that a token can carry. */
public final class Roles {
    /** Submits jobs and takes away the models of its own. */
    public static final String FOUNDRY = "foundry";
    /** Runs the federation: nodes, jobs, enrolment. */
    public static final String OPERATOR = "operator";
    /** Reads ledgers and the audit log. */
    public static final String AUDITOR = "auditor";

    private Roles() {}
}
