package ai.coreason.enclave.sentry.attestation.nvidia;

import ai.coreason.enclave.base.Pem;
import ai.coreason.enclave.sentry.attestation.Anchors;
import ai.coreason.enclave.sentry.attestation.MalformedEvidence;
import ai.coreason.enclave.sentry.attestation.ProvenSignatures;
import ai.coreason.enclave.sentry.attestation.Reason;
import ai.coreason.enclave.sentry.attestation.der.StrictDer;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.cert.CertificateEncodingException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPublicKey;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.asn1.x500.RDN;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x500.style.IETFUtils;

/**
 * A chain of certificates, from the one whose key signs to the root, each signed by the next (RFC 5280, 6.1, for this
 * order and P-384 with SHA-384 only). Immutable.
 *
 * @param part what it is of, for reasons
 * @param certificates 2 to 8, each once
 */
record CertificateChain(String part, List<X509Certificate> certificates) {
    /** What a chain vouches for; each has its own root. */
    enum Purpose {
        /** A device's report. */
        DEVICE("NVIDIA Device Identity CA"),
        /** A reference manifest. */
        MANIFEST("NVIDIA CoRIM signing Root CA");

        private final String root;

        Purpose(String root) {
            this.root = root;
        }
    }

    private static final ProvenSignatures PROVEN = new ProvenSignatures("certificate of NVIDIA");
    private static final int MAX = 8;
    private static final String ECDSA_SHA384 = "1.2.840.10045.4.3.3";
    private static final int DIGITAL_SIGNATURE = 0;
    private static final int KEY_CERT_SIGN = 5;

    /** Copies the list. */
    CertificateChain {
        certificates = List.copyOf(certificates);
    }

    /** Reads PEM; text between certificates is passed over, as it vouches for nothing. */
    static CertificateChain ofPem(String part, byte[] pem) throws MalformedEvidence {
        List<byte[]> encoded = new ArrayList<>();
        try {
            for (Pem.Block block : Pem.blocks(Pem.CERTIFICATE, new String(pem, StandardCharsets.ISO_8859_1))) {
                encoded.add(block.der());
            }
        } catch (IllegalArgumentException damaged) {
            throw malformed(part, "at most " + MAX + " whole certificates in PEM", "others");
        }
        return ofDer(part, encoded);
    }

    /**
     * Reads certificates in DER, each to its last byte.
     *
     * @throws MalformedEvidence if there are fewer than two, more than eight, or one twice
     */
    static CertificateChain ofDer(String part, List<byte[]> encoded) throws MalformedEvidence {
        if (encoded.size() < 2 || encoded.size() > MAX) {
            throw malformed(part, "2 to " + MAX + " certificates", Integer.toString(encoded.size()));
        }
        List<X509Certificate> out = new ArrayList<>();
        for (byte[] der : encoded) {
            out.add(certificate(part, der));
        }
        if (new HashSet<>(out).size() != out.size()) {
            throw malformed(part, "each certificate once", "one twice");
        }
        return new CertificateChain(part, out);
    }

    static byte[] base64(String part, String text) throws MalformedEvidence {
        try {
            return Base64.getDecoder().decode(text.replaceAll("\\s", ""));
        } catch (IllegalArgumentException e) {
            throw malformed(part, "base64", "something else");
        }
    }

    private static X509Certificate certificate(String part, byte[] der) throws MalformedEvidence {
        StrictDer.checkCertificate(part, der);
        try {
            X509Certificate c = (X509Certificate)
                    CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(der));
            if (Arrays.equals(c.getEncoded(), der)) {
                return c;
            }
        } catch (CertificateException | RuntimeException e) {
            throw malformed(part, "an X.509 certificate", "something else");
        }
        throw malformed(part, "an X.509 certificate to the last byte", "more bytes");
    }

    private static MalformedEvidence malformed(String part, String expected, String came) {
        return new MalformedEvidence(new Reason(part, expected, came));
    }

    /** The certificate whose key signs. */
    X509Certificate leaf() {
        return certificates.get(0);
    }

    /** The leaf's common name; empty if it has none. */
    String leafName() {
        return commonName(leaf().getSubjectX500Principal());
    }

    /**
     * All rules that are broken.
     *
     * @param at the time at which each has to be valid
     */
    List<Reason> judge(Purpose purpose, Anchors anchors, Instant at) {
        List<Reason> broken = new ArrayList<>();
        int last = certificates.size() - 1;
        X509Certificate root = certificates.get(last);
        boolean pinned = anchors.contains(root)
                && commonName(root.getSubjectX500Principal()).equals(purpose.root);
        if (!pinned) {
            broken.add(new Reason(part + ".root", "the pinned " + purpose.root, name(root)));
        }
        for (int i = 0; i <= last; i++) {
            X509Certificate c = certificates.get(i);
            judgeOne(i, c, at, broken);
            judgeLink(c, i == last ? c : certificates.get(i + 1), i == last, pinned, broken);
        }
        return broken;
    }

    private void judgeOne(int i, X509Certificate c, Instant at, List<Reason> broken) {
        Instant from = c.getNotBefore().toInstant();
        Instant until = c.getNotAfter().toInstant();
        if (at.isBefore(from) || at.isAfter(until)) {
            broken.add(
                    new Reason(part + ".validity", "a time in [" + from + ", " + until + "]", at + " for " + name(c)));
        }
        if (!isP384(c) || !c.getSigAlgOID().equals(ECDSA_SHA384)) {
            broken.add(
                    new Reason(part + ".algorithm", "ECDSA P-384 with SHA-384", c.getSigAlgName() + " for " + name(c)));
        }
        if (c.hasUnsupportedCriticalExtension()) {
            broken.add(new Reason(part + ".extensions", "known critical ones", "another for " + name(c)));
        }
        boolean[] usage = c.getKeyUsage();
        int path = c.getBasicConstraints();
        boolean fits = i == 0
                ? path == -1 && usage != null && usage[DIGITAL_SIGNATURE] && !usage[KEY_CERT_SIGN]
                : path >= i - 1 && usage != null && usage[KEY_CERT_SIGN];
        if (!fits) {
            broken.add(new Reason(
                    part + ".usage", i == 0 ? "an end entity that signs" : "an issuer of " + i + " levels", name(c)));
        }
    }

    private void judgeLink(
            X509Certificate c, X509Certificate issuer, boolean root, boolean pinned, List<Reason> broken) {
        boolean selfIssued = c.getIssuerX500Principal().equals(c.getSubjectX500Principal());
        if (!c.getIssuerX500Principal().equals(issuer.getSubjectX500Principal()) || selfIssued != root) {
            broken.add(new Reason(part + ".issuer", name(issuer), name(c)));
        }
        if (!isP384(issuer) || !c.getSigAlgOID().equals(ECDSA_SHA384)) {
            return; // Refused above; arithmetic with a long key of another kind takes minutes.
        }
        if (!(pinned ? isKnown(issuer.getPublicKey(), c) : isSignedBy(issuer.getPublicKey(), c))) {
            broken.add(new Reason(part + ".signature", "one by " + name(issuer), "another on " + name(c)));
        }
    }

    /** As {@link #isSignedBy}; below a pinned root, what held is remembered: others' chains push nothing out. */
    private static boolean isKnown(PublicKey key, X509Certificate c) {
        try {
            return PROVEN.holds(() -> isSignedBy(key, c), key, c.getEncoded());
        } catch (CertificateEncodingException e) {
            return false;
        }
    }

    private static boolean isSignedBy(PublicKey key, X509Certificate c) {
        try {
            c.verify(key);
            return true;
        } catch (GeneralSecurityException | RuntimeException e) {
            return false;
        }
    }

    private static boolean isP384(X509Certificate c) {
        return c.getPublicKey() instanceof ECPublicKey key
                && key.getParams().getOrder().equals(Curve.ORDER)
                && key.getParams().getGenerator().equals(Curve.GENERATOR);
    }

    private static String name(X509Certificate c) {
        String text = c.getSubjectX500Principal().getName();
        return text.length() > 200 ? text.substring(0, 200) + "…" : text;
    }

    private static String commonName(X500Principal principal) {
        try {
            RDN[] names = X500Name.getInstance(principal.getEncoded()).getRDNs(BCStyle.CN);
            return names.length == 1 && !names[0].isMultiValued()
                    ? IETFUtils.valueToString(names[0].getFirst().getValue())
                    : "";
        } catch (RuntimeException e) {
            return "";
        }
    }
}
