package ai.coreason.enclave.node.overseer;

import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * Whom a node takes for its Overseer: a server with a certificate of the federation's CA and, where the Overseer had to prove
 * its hardware, with just the TLS key that the proof was bound to. Immutable.
 *
 * @param roots the federation's CA certificates
 * @param spkiSha384 the only TLS key, lower-case hex SHA-384 of its SubjectPublicKeyInfo; any key if empty
 */
public record OverseerTrust(List<X509Certificate> roots, Optional<String> spkiSha384) {
    public OverseerTrust {
        roots = List.copyOf(roots);
    }

    /** Any server that the CA vouches for. */
    public static OverseerTrust of(List<X509Certificate> roots) {
        return new OverseerTrust(roots, Optional.empty());
    }

    /** The same with one key only. */
    public OverseerTrust pinned(String spki) {
        return new OverseerTrust(roots, Optional.of(spki));
    }

    /** TLS of a client that shows no certificate. */
    public SSLContext anonymous() {
        try {
            return context(null);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /**
     * TLS 1.3 of a client.
     *
     * @param own what it shows; nothing if null
     */
    SSLContext context(KeyManager[] own) throws GeneralSecurityException {
        KeyStore trusted = NodeIdentity.empty();
        for (int i = 0; i < roots.size(); i++) {
            trusted.setCertificateEntry("root" + i, roots.get(i));
        }
        TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(trusted);
        SSLContext context = SSLContext.getInstance("TLSv1.3");
        context.init(own, managers(factory.getTrustManagers()), new SecureRandom());
        return context;
    }

    private TrustManager[] managers(TrustManager[] byRoots) {
        return spkiSha384
                .map(spki -> Arrays.stream(byRoots)
                        .map(m -> (TrustManager) new OneKey((X509ExtendedTrustManager) m, spki))
                        .toArray(TrustManager[]::new))
                .orElse(byRoots);
    }

    /** Trusts what another trusts, if it is of one key. */
    private static final class OneKey extends X509ExtendedTrustManager {
        private final X509ExtendedTrustManager other;
        private final String spki;

        OneKey(X509ExtendedTrustManager other, String spki) {
            this.other = other;
            this.spki = spki;
        }

        private void requireKey(X509Certificate[] chain) throws CertificateException {
            String came = NodeIdentity.spkiSha384(chain[0].getPublicKey());
            if (!came.equals(spki)) {
                throw new CertificateException(
                        "overseer: expected the TLS key that its evidence is bound to, " + spki + ", got " + came);
            }
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
                throws CertificateException {
            other.checkServerTrusted(chain, authType, engine);
            requireKey(chain);
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket)
                throws CertificateException {
            other.checkServerTrusted(chain, authType, socket);
            requireKey(chain);
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String authType) throws CertificateException {
            other.checkServerTrusted(chain, authType);
            requireKey(chain);
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
                throws CertificateException {
            other.checkClientTrusted(chain, authType, engine);
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket)
                throws CertificateException {
            other.checkClientTrusted(chain, authType, socket);
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String authType) throws CertificateException {
            other.checkClientTrusted(chain, authType);
        }

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return other.getAcceptedIssuers();
        }
    }
}
