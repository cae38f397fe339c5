package ai.coreason.enclave.sentry.attestation.snp;

import javax.security.auth.x500.X500Principal;

/** A kind of key that signs reports, with the names that AMD puts into its certificates (AMD 57230, tables 5 to 9). */
public enum SnpKey {
    /** Versioned chip endorsement key: derived in one chip, certified by the ASK. */
    VCEK("SEV-"),
    /** Versioned loaded endorsement key: loaded by a cloud provider, certified by the ASVK. */
    VLEK("SEV-VLEK-");

    private final String issuerPrefix;

    SnpKey(String issuerPrefix) {
        this.issuerPrefix = issuerPrefix;
    }

    X500Principal subject() {
        return name("SEV-" + name());
    }

    X500Principal issuer(SnpProduct product) {
        return name(issuerPrefix + product.label());
    }

    static X500Principal root(SnpProduct product) {
        return name("ARK-" + product.label());
    }

    private static X500Principal name(String commonName) {
        return new X500Principal(
                "CN=" + commonName + ",O=Advanced Micro Devices,ST=CA,L=Santa Clara,C=US,OU=Engineering");
    }
}
