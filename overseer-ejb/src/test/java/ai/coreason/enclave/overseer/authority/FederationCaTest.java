package ai.coreason.enclave.overseer.authority;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.coreason.enclave.base.PrivateFile;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPublicKey;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FederationCaTest {
    private static final Duration DAY = Duration.ofDays(1);
    private static final char[] PASSWORD = "for this test only".toCharArray();
    private static final int STRIDE = 37;
    private static final String SERVER_AUTH = "1.3.6.1.5.5.7.3.1";
    private static final String CLIENT_AUTH = "1.3.6.1.5.5.7.3.2";

    @TempDir
    Path folder;

    @Test
    void open_emptyFolder_makesAnAuthorityOnP384ThatSignsLeavesOnly() throws Exception {
        X509Certificate ca = FederationCa.open(folder).caCertificate();

        assertThat(((ECPublicKey) ca.getPublicKey())
                        .getParams()
                        .getCurve()
                        .getField()
                        .getFieldSize())
                .isEqualTo(384);
        assertThat(ca.getBasicConstraints()).isZero();
        assertThat(ca.getKeyUsage()).startsWith(false, false, false, false, false, true, true);
        assertThat(ca.getCriticalExtensionOIDs()).contains("2.5.29.19", "2.5.29.15");
        ca.verify(ca.getPublicKey());
    }

    @Test
    void open_emptyFolder_writesFilesForTheirOwnerAlone() throws Exception {
        Path ca = folder.resolve("state/ca");

        FederationCa.open(ca);

        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(ca)))
                .isEqualTo("rwx------");
        for (String name : List.of("ca.p12", "ca.password")) {
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(ca.resolve(name))))
                    .as(name)
                    .isEqualTo("rw-------");
        }
        try (var files = Files.list(ca)) {
            assertThat(files.map(f -> f.getFileName().toString()))
                    .containsExactlyInAnyOrder("ca.p12", "ca.password", ".lock");
        }
    }

    @Test
    void open_twice_isTheSameAuthority() throws Exception {
        X509Certificate first = FederationCa.open(folder).caCertificate();

        assertThat(FederationCa.open(folder).caCertificate()).isEqualTo(first);
    }

    @Test
    void open_byManyThreadsAtOnce_isOneAuthority() throws Exception {
        List<CompletableFuture<X509Certificate>> openings = java.util.stream.IntStream.range(0, 8)
                .mapToObj(i -> CompletableFuture.supplyAsync(
                        () -> FederationCa.open(folder).caCertificate()))
                .toList();

        assertThat(openings.stream().map(CompletableFuture::join).distinct()).hasSize(1);
    }

    @Test
    void passwords_ofTwoAuthorities_differ() throws Exception {
        FederationCa.open(folder.resolve("a"));
        FederationCa.open(folder.resolve("b"));

        assertThat(Files.readString(folder.resolve("a/ca.password")))
                .hasSize(43)
                .isNotEqualTo(Files.readString(folder.resolve("b/ca.password")));
    }

    @Test
    void open_bitsOfTheKeyStoreFlipped_neverGivesAnotherAuthority() throws Exception {
        X509Certificate whole = FederationCa.open(folder).caCertificate();
        Path file = folder.resolve("ca.p12");
        byte[] good = Files.readAllBytes(file);
        int refused = 0;
        for (int at = 0; at < good.length; at += STRIDE) {
            byte[] bad = good.clone();
            bad[at] ^= 0x40;
            Files.write(file, bad);
            try {
                assertThat(FederationCa.open(folder).caCertificate()).isEqualTo(whole);
            } catch (IllegalStateException e) {
                refused++;
                assertThat(e).hasMessageContaining("ca.p12: expected this federation's own key");
            }
        }
        assertThat(refused).isGreaterThan(good.length / STRIDE - 10);
    }

    @Test
    void open_truncatedKeyStore_isRefusedAndNotReplaced() throws Exception {
        FederationCa.open(folder);
        Path file = folder.resolve("ca.p12");
        byte[] half = java.util.Arrays.copyOf(Files.readAllBytes(file), 300);
        Files.write(file, half);

        assertThatThrownBy(() -> FederationCa.open(folder)).isInstanceOf(IllegalStateException.class);
        assertThat(Files.readAllBytes(file)).isEqualTo(half);
    }

    @Test
    void open_anotherAuthoritysPassword_isRefusedWithoutShowingIt() throws Exception {
        FederationCa.open(folder);
        String other = PrivateFile.randomPassword();
        Files.writeString(folder.resolve("ca.password"), other);

        assertThatThrownBy(() -> FederationCa.open(folder))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageNotContaining(other);
    }

    @Test
    void open_passwordFileGone_namesIt() throws Exception {
        FederationCa.open(folder);
        Files.delete(folder.resolve("ca.password"));

        assertThatThrownBy(() -> FederationCa.open(folder))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("ca.password: expected the password");
    }

    @Test
    void open_keyStoreWithALeafInPlaceOfTheAuthority_isRefused() throws Exception {
        FederationCa ca = FederationCa.open(folder);
        char[] password = Files.readString(folder.resolve("ca.password")).toCharArray();
        KeyStore leaf = ca.issueServer(List.of("localhost"), DAY, password);
        KeyStore forged = KeyStore.getInstance("PKCS12");
        forged.load(null, null);
        forged.setKeyEntry("federation-ca", leaf.getKey("server", password), password, new Certificate[] {
            leaf.getCertificate("server")
        });
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        forged.store(bytes, password);
        Files.write(folder.resolve("ca.p12"), bytes.toByteArray());

        assertThatThrownBy(() -> FederationCa.open(folder)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void open_afterTheAuthorityEnded_isRefused() throws Exception {
        FederationCa.open(folder);
        Clock later = Clock.fixed(Instant.now().plus(Duration.ofDays(3651)), ZoneOffset.UTC);

        assertThatThrownBy(() -> FederationCa.open(folder, later)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void issueServer_namesOfBothKinds_areItsAlternativeNames() throws Exception {
        FederationCa ca = FederationCa.open(folder);

        KeyStore store = ca.issueServer(List.of("overseer.example", "127.0.0.1", "::1"), DAY, PASSWORD);

        X509Certificate leaf = (X509Certificate) store.getCertificate("server");
        assertThat(leaf.getSubjectX500Principal().getName()).isEqualTo("CN=overseer.example");
        assertThat(leaf.getExtendedKeyUsage()).containsExactly(SERVER_AUTH);
        assertThat(leaf.getBasicConstraints()).isEqualTo(-1);
        assertThat(leaf.getSubjectAlternativeNames())
                .extracting(n -> n.get(1).toString())
                .containsExactly("overseer.example", "127.0.0.1", "0:0:0:0:0:0:0:1");
        assertThat(store.getCertificateChain("server")).hasSize(2);
        leaf.verify(ca.caCertificate().getPublicKey());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "a b", "-a", "a..b", "*.example", "a\nb", "ex_ample", "https://a"})
    void issueServer_wrongName_isRefusedByName(String name) throws Exception {
        FederationCa ca = FederationCa.open(folder);

        assertThatThrownBy(() -> ca.issueServer(List.of("localhost", name), DAY, PASSWORD))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("names: expected a DNS name or an IP address, got")
                .hasMessageNotContaining("\n");
    }

    @Test
    void issueNode_goodRequest_bindsNameAndKey() throws Exception {
        FederationCa ca = FederationCa.open(folder);
        KeyPair pair = keyPair("EC", 256);

        X509Certificate leaf = ca.issueNode("node_va", pair.getPublic(), Duration.ofHours(12));

        assertThat(leaf.getSubjectX500Principal().getName()).isEqualTo("CN=node_va");
        assertThat(leaf.getPublicKey()).isEqualTo(pair.getPublic());
        assertThat(leaf.getExtendedKeyUsage()).containsExactly(CLIENT_AUTH);
        assertThat(FederationCa.nodeId(leaf)).contains("node_va");
        assertThat(Duration.between(Instant.now(), leaf.getNotAfter().toInstant()))
                .isBetween(Duration.ofHours(11), Duration.ofHours(12));
        leaf.verify(ca.caCertificate().getPublicKey());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ".", "a,CN=b", "a b", "../a", "a/b", "ä", "a:epoch:9", "a\u0000b", "..", "a\n"})
    void issueNode_wrongName_isRefused(String nodeId) throws Exception {
        FederationCa ca = FederationCa.open(folder);
        KeyPair pair = keyPair("EC", 256);

        assertThatThrownBy(() -> ca.issueNode(nodeId, pair.getPublic(), DAY))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("nodeId: expected");
    }

    @Test
    void issueNode_nameOf65Characters_isRefused() throws Exception {
        FederationCa ca = FederationCa.open(folder);
        KeyPair pair = keyPair("EC", 256);

        assertThat(ca.issueNode("n".repeat(64), pair.getPublic(), DAY)).isNotNull();
        assertThatThrownBy(() -> ca.issueNode("n".repeat(65), pair.getPublic(), DAY))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void issueNode_keyOfAnotherKind_isRefused() throws Exception {
        FederationCa ca = FederationCa.open(folder);

        assertThatThrownBy(() -> ca.issueNode("a", keyPair("RSA", 1024).getPublic(), DAY))
                .hasMessageContaining("key: expected EC on P-256 or P-384, got RSA");
        assertThatThrownBy(() -> ca.issueNode("a", keyPair("EC", 521).getPublic(), DAY))
                .hasMessageContaining("got EC 521");
    }

    @Test
    void issueNode_noValidity_isRefused() throws Exception {
        FederationCa ca = FederationCa.open(folder);
        KeyPair pair = keyPair("EC", 256);

        assertThatThrownBy(() -> ca.issueNode("a", pair.getPublic(), Duration.ZERO))
                .hasMessageStartingWith("validity:");
    }

    @Test
    void issueNode_validityBeyondTheAuthority_endsWithTheAuthority() throws Exception {
        FederationCa ca = FederationCa.open(folder);

        X509Certificate leaf = ca.issueNode("a", keyPair("EC", 256).getPublic(), Duration.ofDays(9999));

        assertThat(leaf.getNotAfter()).isEqualTo(ca.caCertificate().getNotAfter());
    }

    @Test
    void serialNumbers_areAllDifferent() throws Exception {
        FederationCa ca = FederationCa.open(folder);
        KeyPair pair = keyPair("EC", 256);
        Set<Object> serials = new HashSet<>();
        for (int i = 0; i < 50; i++) {
            serials.add(ca.issueNode("a", pair.getPublic(), DAY).getSerialNumber());
        }
        assertThat(serials).hasSize(50);
    }

    @Test
    void nodeId_serverOrAuthorityCertificate_isNobody() throws Exception {
        FederationCa ca = FederationCa.open(folder);
        KeyStore store = ca.issueServer(List.of("localhost"), DAY, PASSWORD);

        assertThat(FederationCa.nodeId((X509Certificate) store.getCertificate("server")))
                .isEmpty();
        assertThat(FederationCa.nodeId(ca.caCertificate())).isEmpty();
    }

    @Test
    void load_emptyFolder_makesNothing() {
        assertThatThrownBy(() -> FederationCa.load(folder)).isInstanceOf(RuntimeException.class);
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void toString_ofAnAuthority_showsNoSecret() throws Exception {
        FederationCa ca = FederationCa.open(folder);

        assertThat(ca.toString()).doesNotContain(Files.readString(folder.resolve("ca.password")));
    }

    @Test
    void pem_ofTheCertificate_isReadBackByTheJdk() throws Exception {
        X509Certificate ca = FederationCa.open(folder).caCertificate();

        InputStream pem = new ByteArrayInputStream(FederationCa.pem(ca).getBytes(StandardCharsets.US_ASCII));

        assertThat(CertificateFactory.getInstance("X.509").generateCertificate(pem))
                .isEqualTo(ca);
    }

    @Test
    void mutualTls_nodeAndServerOfOneFederation_talk() throws Exception {
        FederationCa ca = FederationCa.open(folder);

        assertThat(handshake(ca, ca)).isEqualTo("CN=node_a");
    }

    @Test
    void mutualTls_nodeOfAnotherFederation_isRefused() throws Exception {
        FederationCa ca = FederationCa.open(folder.resolve("ours"));
        FederationCa foreign = FederationCa.open(folder.resolve("theirs"));

        assertThatThrownBy(() -> handshake(ca, foreign)).hasRootCauseInstanceOf(SSLHandshakeException.class);
    }

    private static String handshake(FederationCa serverSide, FederationCa nodeSide) throws Exception {
        KeyPair pair = keyPair("EC", 256);
        X509Certificate node = nodeSide.issueNode("node_a", pair.getPublic(), DAY);
        KeyStore nodeKeys = KeyStore.getInstance("PKCS12");
        nodeKeys.load(null, null);
        nodeKeys.setKeyEntry("node", pair.getPrivate(), PASSWORD, new Certificate[] {node, nodeSide.caCertificate()});
        SSLContext server =
                context(serverSide.issueServer(List.of("127.0.0.1"), DAY, PASSWORD), serverSide.trustStore());
        SSLContext client = context(nodeKeys, serverSide.trustStore());
        try (SSLServerSocket listener =
                (SSLServerSocket) server.getServerSocketFactory().createServerSocket(0)) {
            listener.setNeedClientAuth(true);
            CompletableFuture<String> peer = CompletableFuture.supplyAsync(() -> {
                try (SSLSocket socket = (SSLSocket) listener.accept()) {
                    socket.startHandshake();
                    String name = socket.getSession().getPeerPrincipal().getName();
                    socket.getOutputStream().write(1);
                    return name;
                } catch (IOException e) {
                    throw new java.io.UncheckedIOException(e);
                }
            });
            try (SSLSocket socket =
                    (SSLSocket) client.getSocketFactory().createSocket("127.0.0.1", listener.getLocalPort())) {
                SSLParameters strict = socket.getSSLParameters();
                strict.setEndpointIdentificationAlgorithm("HTTPS");
                socket.setSSLParameters(strict);
                readOne(socket);
            }
            return peer.get();
        }
    }

    /** Reads what the server sends last; a refusal shows on the server's side too, where the test looks for it. */
    private static void readOne(Socket socket) {
        try {
            assertThat(socket.getInputStream().read()).isIn(1, -1);
        } catch (IOException e) {
            assertThat(e).isNotNull();
        }
    }

    private static SSLContext context(KeyStore keys, KeyStore trust) throws GeneralSecurityException {
        KeyManagerFactory keyManagers = KeyManagerFactory.getInstance("PKIX");
        keyManagers.init(keys, PASSWORD);
        TrustManagerFactory trustManagers = TrustManagerFactory.getInstance("PKIX");
        trustManagers.init(trust);
        SSLContext context = SSLContext.getInstance("TLSv1.3");
        context.init(keyManagers.getKeyManagers(), trustManagers.getTrustManagers(), null);
        return context;
    }

    private static KeyPair keyPair(String algorithm, int bits) throws GeneralSecurityException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance(algorithm);
        generator.initialize(bits);
        return generator.generateKeyPair();
    }
}
