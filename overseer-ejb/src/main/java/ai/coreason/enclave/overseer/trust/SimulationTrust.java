package ai.coreason.enclave.overseer.trust;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.spec.X509EncodedKeySpec;
import java.util.Base64;
import java.util.Optional;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/** The key whose simulated evidence is trusted: there is one in simulation mode only. */
@ApplicationScoped
public class SimulationTrust {
    private PublicKey key;

    /** For the container's proxies. */
    protected SimulationTrust() {}

    /** Reads {@code simulation/evidence.pub} (PEM) below the state folder in simulation mode. */
    @Inject
    public SimulationTrust(
            @ConfigProperty(name = "enclave.mode", defaultValue = "production") String mode,
            @ConfigProperty(name = "enclave.state.dir") String state) {
        if (mode.equals("simulation")) {
            this.key = read(Path.of(state, "simulation", "evidence.pub"));
        }
    }

    /** The key, in simulation mode. */
    public Optional<PublicKey> key() {
        return Optional.ofNullable(key);
    }

    private static PublicKey read(Path pem) {
        try {
            String body =
                    Files.readString(pem).replaceAll("-----[A-Z ]+-----", "").replaceAll("\\s", "");
            return KeyFactory.getInstance("EC")
                    .generatePublic(new X509EncodedKeySpec(Base64.getDecoder().decode(body)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("simulation/evidence.pub: expected an EC public key in PEM", e);
        }
    }
}
