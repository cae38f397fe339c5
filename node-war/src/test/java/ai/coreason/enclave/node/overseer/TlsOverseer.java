package ai.coreason.enclave.node.overseer;

import ai.coreason.enclave.privacy.ledger.LedgerCertificates;
import ai.coreason.enclave.privacy.ledger.LedgerSeal;
import ai.coreason.enclave.privacy.ledger.LedgerTrust;
import ai.coreason.enclave.privacy.ledger.RowSigner;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsParameters;
import com.sun.net.httpserver.HttpsServer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.TrustManagerFactory;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.pkcs.PKCS10CertificationRequest;
import org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequest;

/** A TLS server on the loopback interface with a federation CA of its own, for tests of what calls the Overseer. */
public final class TlsOverseer implements AutoCloseable {
    private final KeyPair caKeys = keys();
    private final X509Certificate ca;
    private final String spkiSha384;
    private final HttpsServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool();

    public TlsOverseer() throws Exception {
        ca = certificate("CN=test federation", caKeys.getPublic(), true);
        KeyPair serverKeys = keys();
        spkiSha384 = NodeIdentity.spkiSha384(serverKeys.getPublic());
        KeyStore own = KeyStore.getInstance("PKCS12");
        own.load(null, null);
        X509Certificate certificate = certificate("CN=overseer", serverKeys.getPublic(), false);
        own.setKeyEntry("server", serverKeys.getPrivate(), new char[0], new X509Certificate[] {certificate, ca});
        KeyManagerFactory keyManagers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keyManagers.init(own, new char[0]);
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        trusted.setCertificateEntry("ca", ca);
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(trusted);
        SSLContext tls = SSLContext.getInstance("TLSv1.3");
        tls.init(keyManagers.getKeyManagers(), trust.getTrustManagers(), new SecureRandom());
        server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setHttpsConfigurator(new HttpsConfigurator(tls) {
            @Override
            public void configure(HttpsParameters parameters) {
                SSLParameters wanted = tls.getDefaultSSLParameters();
                wanted.setWantClientAuth(true);
                parameters.setSSLParameters(wanted);
            }
        });
        server.setExecutor(threads);
        server.start();
    }

    /** Answers a path and what lies below it. */
    public void on(String path, HttpHandler handler) {
        server.createContext("/api/v1" + path, exchange -> {
            try (exchange) {
                handler.handle(exchange);
            }
        });
    }

    /** Answers with a status and a body. */
    public static HttpHandler answer(int status, String type, byte[] body) {
        return exchange -> {
            exchange.getRequestBody().readAllBytes();
            exchange.getResponseHeaders().set("Content-Type", type);
            exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
            exchange.getResponseBody().write(body);
        };
    }

    /** Answers with a problem document. */
    public static HttpHandler problem(int status, String slug, String detail) {
        String json = "{\"type\":\"urn:coreason:problem:" + slug + "\",\"title\":\"t\",\"status\":" + status
                + ",\"detail\":\"" + detail + "\"}";
        return answer(status, "application/problem+json", json.getBytes(StandardCharsets.UTF_8));
    }

    public URI uri() {
        return URI.create("https://127.0.0.1:" + server.getAddress().getPort());
    }

    public List<X509Certificate> roots() {
        return List.of(ca);
    }

    /** Of the server's TLS key. */
    public String spkiSha384() {
        return spkiSha384;
    }

    public String caPem() throws Exception {
        return pem(ca);
    }

    /** Trust in this federation. */
    public LedgerTrust trust() {
        return LedgerTrust.of(roots());
    }

    /** A signer of a node's ledger rows, as one of its boots has it. */
    public RowSigner signer(String nodeId) throws Exception {
        KeyPair pair = keys();
        return RowSigner.of(
                pair.getPrivate(), certificate("CN=" + nodeId, pair.getPublic(), LedgerCertificates.NODE_URN + nodeId));
    }

    /** What countersigns heads. */
    public LedgerSeal seal() throws Exception {
        KeyPair pair = keys();
        return LedgerSeal.of(
                pair.getPrivate(), certificate("CN=ledger", pair.getPublic(), LedgerCertificates.LEDGER_URN));
    }

    /** A client without a certificate. */
    public OverseerClient client(Backoff.Pause pause) {
        return new OverseerClient(uri(), OverseerTrust.of(roots()).anonymous(), backoff(), pause);
    }

    public static Backoff backoff() {
        return new Backoff(Duration.ofMillis(100), Duration.ofSeconds(5));
    }

    /** Issues the certificate that a request asks for and returns its chain, PEM. */
    public String issue(byte[] request) throws Exception {
        JcaPKCS10CertificationRequest csr = new JcaPKCS10CertificationRequest(new PKCS10CertificationRequest(request));
        X509Certificate issued = certificate(csr.getSubject().toString(), csr.getPublicKey(), false);
        return pem(issued) + pem(ca);
    }

    private X509Certificate certificate(String subject, PublicKey key, boolean authority) throws Exception {
        return certificate(subject, key, authority ? null : new GeneralName(GeneralName.iPAddress, "127.0.0.1"));
    }

    private X509Certificate certificate(String subject, PublicKey key, String uri) throws Exception {
        return certificate(subject, key, new GeneralName(GeneralName.uniformResourceIdentifier, uri));
    }

    /** @param name the leaf's alternative name; null for the authority */
    private X509Certificate certificate(String subject, PublicKey key, GeneralName name) throws Exception {
        Instant now = Instant.now();
        JcaX509v3CertificateBuilder builder = new JcaX509v3CertificateBuilder(
                new X500Principal("CN=test federation"),
                new BigInteger(120, new SecureRandom()),
                Date.from(now.minusSeconds(60)),
                Date.from(now.plusSeconds(3600)),
                new X500Principal(subject),
                key);
        builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(name == null));
        if (name != null) {
            builder.addExtension(Extension.subjectAlternativeName, false, new GeneralNames(name));
        }
        byte[] der = builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(caKeys.getPrivate()))
                .getEncoded();
        return (X509Certificate)
                CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(der));
    }

    private static String pem(X509Certificate certificate) throws Exception {
        return "-----BEGIN CERTIFICATE-----\n"
                + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(certificate.getEncoded())
                + "\n-----END CERTIFICATE-----\n";
    }

    private static KeyPair keys() throws IOException {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(256);
            return generator.generateKeyPair();
        } catch (java.security.GeneralSecurityException e) {
            throw new IOException(e);
        }
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
