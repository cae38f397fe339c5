package ai.coreason.enclave.sentry.attestation.intel;

import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;

/**
 * What the verifier of a quote has beside it: documents of Intel's provisioning service, as they came. Nothing is trusted
 * before it is judged. Immutable and thread-safe.
 */
public final class Collateral {
    /** One document. */
    public enum Part {
        /** The quote's PCK certificates in PEM, which it holds itself. */
        PCK_CHAIN("pck_chain.pem"),
        /** The root's revocation list in DER. */
        ROOT_CRL("root_ca_crl.der"),
        /** The revocation list of the authority that issued the PCK certificate, in DER. */
        PCK_CRL("pck_crl.der"),
        /** The platform's TCB info in JSON. */
        TCB_INFO("tcb_info.json"),
        /** The certificates of who signed it, in PEM. */
        TCB_CHAIN("tcb_sign_chain.pem"),
        /** The quoting enclave's identity in JSON. */
        QE_IDENTITY("qe_identity.json"),
        /** The certificates of who signed it, in PEM. */
        QE_CHAIN("qe_sign_chain.pem");

        private final String file;

        Part(String file) {
            this.file = file;
        }

        /** The name of its file in a folder of evidence. */
        public String file() {
            return file;
        }
    }

    private final Map<Part, byte[]> parts = new EnumMap<>(Part.class);

    /** Copies what there is. */
    public Collateral(Map<Part, byte[]> parts) {
        parts.forEach((part, bytes) -> this.parts.put(part, bytes.clone()));
    }

    /** No document at all. */
    public static Collateral none() {
        return new Collateral(Map.of());
    }

    /** A copy of one document; empty if it is not there. */
    public Optional<byte[]> get(Part part) {
        return Optional.ofNullable(parts.get(part)).map(byte[]::clone);
    }
}
