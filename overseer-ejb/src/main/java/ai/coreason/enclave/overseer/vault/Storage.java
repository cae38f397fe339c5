package ai.coreason.enclave.overseer.vault;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.nio.file.Path;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/** The Overseer's folders, from {@code enclave.state.dir}. */
@ApplicationScoped
public class Storage {
    private Path state;

    /** For the container's proxies. */
    protected Storage() {}

    /** The storage below one folder. */
    @Inject
    public Storage(@ConfigProperty(name = "enclave.state.dir") String state) {
        this.state = Path.of(state);
    }

    /** Where sealed updates lie. */
    public Vault updates() {
        return new Vault(state.resolve("vault/updates"));
    }

    /** Where models lie. */
    public Vault models() {
        return new Vault(state.resolve("vault/models"));
    }

    /** A file or folder of the Overseer's own. */
    public Path path(String name) {
        return state.resolve(name);
    }
}
