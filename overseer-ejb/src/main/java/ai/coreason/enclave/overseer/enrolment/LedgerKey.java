package ai.coreason.enclave.overseer.enrolment;

import ai.coreason.enclave.overseer.authority.CertificateForge;
import ai.coreason.enclave.overseer.authority.FederationCa;
import ai.coreason.enclave.privacy.ledger.LedgerSeal;
import ai.coreason.enclave.privacy.ledger.LedgerTrust;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/**
 * The key with which this Overseer countersigns ledger heads and signs ledger exports. It is born in memory when the
 * Overseer starts and never written; each document carries its certificate, so nobody needs to know which key was when.
 */
@ApplicationScoped
public class LedgerKey {
    private static final Duration VALIDITY = Duration.ofDays(365);

    private LedgerSeal seal;
    private X509Certificate authority;

    /** For the container's proxies. */
    protected LedgerKey() {}

    /** Makes a key and has it certified by the authority in {@code ca/} below the state folder. */
    @Inject
    public LedgerKey(@ConfigProperty(name = "enclave.state.dir") String state) {
        FederationCa ca = FederationCa.load(Path.of(state, "ca"));
        try {
            KeyPair pair = CertificateForge.newKeyPair(CertificateForge.LEAF_CURVE);
            this.seal = LedgerSeal.of(pair.getPrivate(), ca.issueLedger(pair.getPublic(), VALIDITY));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
        this.authority = ca.caCertificate();
    }

    /** Signs heads and exports. */
    public LedgerSeal seal() {
        return seal;
    }

    /** The federation's authority. */
    public X509Certificate authority() {
        return authority;
    }

    /** Trust in the federation's authority. */
    public LedgerTrust trust() {
        return LedgerTrust.of(List.of(authority));
    }
}
