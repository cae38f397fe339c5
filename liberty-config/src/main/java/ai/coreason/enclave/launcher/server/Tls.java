package ai.coreason.enclave.launcher.server;

import java.net.http.HttpClient;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.time.Duration;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** HTTP clients that trust one federation's authority and no other. */
public final class Tls {
    private static final Duration CONNECT = Duration.ofSeconds(5);

    private Tls() {}

    /** A client for servers whose certificate a key store's authorities issued. */
    public static HttpClient client(KeyStore trust) {
        try {
            TrustManagerFactory managers = TrustManagerFactory.getInstance("PKIX");
            managers.init(trust);
            SSLContext context = SSLContext.getInstance("TLSv1.3");
            context.init(null, managers.getTrustManagers(), null);
            return builder().sslContext(context).build();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** A client without TLS, for this machine's loopback. */
    public static HttpClient plain() {
        return builder().build();
    }

    private static HttpClient.Builder builder() {
        return HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(CONNECT);
    }
}
