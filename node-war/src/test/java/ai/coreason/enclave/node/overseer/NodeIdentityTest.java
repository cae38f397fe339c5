package ai.coreason.enclave.node.overseer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.coreason.enclave.base.Json;
import com.sun.net.httpserver.HttpsExchange;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.bouncycastle.operator.jcajce.JcaContentVerifierProviderBuilder;
import org.bouncycastle.pkcs.PKCS10CertificationRequest;
import org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequest;
import org.junit.jupiter.api.Test;

class NodeIdentityTest {
    private final NodeIdentity identity = NodeIdentity.born("node_a");

    @Test
    void certificateRequest_isSignedByTheKeyAndNamesTheNode() throws Exception {
        PKCS10CertificationRequest request = new PKCS10CertificationRequest(identity.certificateRequest());
        JcaPKCS10CertificationRequest csr = new JcaPKCS10CertificationRequest(request);

        assertThat(csr.getSubject()).hasToString("CN=node_a");
        assertThat(csr.isSignatureValid(new JcaContentVerifierProviderBuilder().build(csr.getPublicKey())))
                .isTrue();
        byte[] spki = csr.getPublicKey().getEncoded();
        assertThat(identity.spkiSha384())
                .isEqualTo(HexFormat.of()
                        .formatHex(MessageDigest.getInstance("SHA-384").digest(spki)));
    }

    @Test
    void tls_withIssuedCertificate_showsItToTheServer() throws Exception {
        try (TlsOverseer overseer = new TlsOverseer()) {
            AtomicReference<String> peer = new AtomicReference<>();
            overseer.on("/tasks/next", exchange -> {
                peer.set(((HttpsExchange) exchange)
                        .getSSLSession()
                        .getPeerPrincipal()
                        .getName());
                TlsOverseer.answer(200, "application/json", Json.write(Json.object()))
                        .handle(exchange);
            });
            List<X509Certificate> chain = certificates(overseer.issue(identity.certificateRequest()));
            OverseerClient client = new OverseerClient(
                    overseer.uri(),
                    identity.tls(chain, OverseerTrust.of(overseer.roots())),
                    TlsOverseer.backoff(),
                    d -> {});

            client.nextTask(Duration.ofSeconds(1));

            assertThat(peer.get()).isEqualTo("CN=node_a");
        }
    }

    @Test
    void tls_certificateForAnotherKey_isRefused() throws Exception {
        try (TlsOverseer overseer = new TlsOverseer()) {
            List<X509Certificate> chain =
                    certificates(overseer.issue(NodeIdentity.born("node_a").certificateRequest()));

            assertThatThrownBy(() -> identity.tls(chain, OverseerTrust.of(overseer.roots())))
                    .isInstanceOf(CertificateException.class)
                    .hasMessage("certificate_chain: expected a certificate for the key of the request, got one for"
                            + " another key");
        }
    }

    @Test
    void certificates_noPem_isRefused() {
        assertThatThrownBy(() -> certificates("")).isInstanceOf(CertificateException.class);
    }

    private static List<X509Certificate> certificates(String pem) throws CertificateException {
        return NodeIdentity.certificates(new ByteArrayInputStream(pem.getBytes(StandardCharsets.US_ASCII)));
    }
}
