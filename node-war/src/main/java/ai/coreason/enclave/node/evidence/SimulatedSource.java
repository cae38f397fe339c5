package ai.coreason.enclave.node.evidence;

import ai.coreason.enclave.base.Pem;
import ai.coreason.enclave.sentry.attestation.ReportData;
import ai.coreason.enclave.sentry.attestation.SimulatedEvidence;
import ai.coreason.enclave.sentry.contract.Evidence;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Clock;
import java.util.HexFormat;

/** Evidence by a software key, which proves nothing about hardware: for simulations, and for nodes without any. */
final class SimulatedSource implements EvidenceSource {
    private final PrivateKey key;
    private final byte[] measurement;
    private final Clock clock;

    private SimulatedSource(PrivateKey key, String manifestSha256, Clock clock) {
        this.key = key;
        this.measurement = HexFormat.of().parseHex(manifestSha256);
        this.clock = clock;
    }

    /**
     * Evidence by the simulation's key.
     *
     * @param pem a PKCS#8 private key on P-256, PEM
     * @throws IOException if the file does not hold one; the message names the file alone
     */
    static SimulatedSource of(Path pem, String manifestSha256, Clock clock) throws IOException {
        String text = Files.readString(pem);
        try {
            byte[] der = Pem.read(Pem.PRIVATE_KEY, text);
            PrivateKey key = KeyFactory.getInstance("EC").generatePrivate(new PKCS8EncodedKeySpec(der));
            return new SimulatedSource(key, manifestSha256, clock);
        } catch (IllegalArgumentException e) {
            throw new IOException(pem + ": expected one PKCS#8 private key, PEM, got something else");
        } catch (GeneralSecurityException e) {
            throw new IOException(pem + ": expected a private key on P-256, got another one");
        }
    }

    /** Evidence by a key that was made for it and that no verifier trusts. */
    static SimulatedSource untrusted(String manifestSha256, Clock clock) {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"), new SecureRandom());
            return new SimulatedSource(generator.generateKeyPair().getPrivate(), manifestSha256, clock);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public Evidence attest(ReportData reportData) {
        try {
            return SimulatedEvidence.sign(key, measurement, reportData, clock.instant());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("the simulation's evidence key cannot sign", e);
        }
    }
}
