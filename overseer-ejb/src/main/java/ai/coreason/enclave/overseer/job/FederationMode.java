package ai.coreason.enclave.overseer.job;

import ai.coreason.enclave.sentry.contract.JobRules;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/** Whether this Overseer serves a simulation or a real federation, from {@code enclave.mode}. */
@ApplicationScoped
public class FederationMode {
    private boolean simulation;

    /** For the container's proxies. */
    protected FederationMode() {}

    /**
     * The mode by its name.
     *
     * @throws IllegalArgumentException if it is neither {@code simulation} nor {@code production}
     */
    @Inject
    public FederationMode(@ConfigProperty(name = "enclave.mode", defaultValue = "production") String mode) {
        this.simulation = switch (mode) {
            case "simulation" -> true;
            case "production" -> false;
            default ->
                throw new IllegalArgumentException("enclave.mode: expected simulation or production, got " + mode);
        };
    }

    /** Whether simulated evidence, seeds and unprotected training are allowed. */
    public boolean simulation() {
        return simulation;
    }

    /** What a job may ask for; whether unprotected data is public is judged at admission. */
    public JobRules rules() {
        return new JobRules(simulation, true);
    }
}
