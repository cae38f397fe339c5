package ai.coreason.enclave.overseer.authority;

import ai.coreason.enclave.privacy.ledger.LedgerCertificates;
import java.io.IOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.X500NameBuilder;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.CertIOException;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509ExtensionUtils;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.util.IPAddress;

/** The certificates of a federation, built and signed (RFC 5280 section 4). Immutable. */
public final class CertificateForge {
    static final String AUTHORITY_CURVE = "secp384r1";
    public static final String LEAF_CURVE = "secp256r1";

    private static final Duration AUTHORITY_VALIDITY = Duration.ofDays(3650);
    /** Certificates begin a little in the past, for clocks that are behind. */
    private static final Duration SKEW = Duration.ofMinutes(5);

    private static final Pattern NODE_ID = Pattern.compile("(?!\\.{1,2}$)[A-Za-z0-9_.-]{1,64}");
    private static final Pattern DNS_NAME =
            Pattern.compile("(?=.{1,253}$)[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?(\\.[A-Za-z0-9]"
                    + "([A-Za-z0-9-]{0,61}[A-Za-z0-9])?)*");
    private static final String NODE_URN = LedgerCertificates.NODE_URN;
    /** RFC 9336. */
    private static final KeyPurposeId DOCUMENT_SIGNING =
            KeyPurposeId.getInstance(new ASN1ObjectIdentifier("1.3.6.1.5.5.7.3.36"));

    private static final int COMMON_NAME_LENGTH = 64;
    private static final int SERIAL_BITS = 159;

    private final PrivateKey key;
    private final X509Certificate issuer;
    private final Clock clock;

    CertificateForge(PrivateKey key, X509Certificate issuer, Clock clock) {
        this.key = key;
        this.issuer = issuer;
        this.clock = clock;
    }

    public static KeyPair newKeyPair(String curve) throws GeneralSecurityException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(new ECGenParameterSpec(curve), new SecureRandom());
        return generator.generateKeyPair();
    }

    /** A self-signed authority that may sign leaves only. */
    static X509Certificate authority(KeyPair pair, Clock clock) {
        String name = "coreason-enclave federation " + new BigInteger(32, new SecureRandom()).toString(16);
        X500Name subject = new X500NameBuilder().addRDN(BCStyle.CN, name).build();
        Instant now = clock.instant();
        try {
            JcaX509v3CertificateBuilder builder =
                    builder(subject, subject, pair.getPublic(), now, now.plus(AUTHORITY_VALIDITY));
            builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(0));
            builder.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign | KeyUsage.cRLSign));
            builder.addExtension(
                    Extension.subjectKeyIdentifier,
                    false,
                    new JcaX509ExtensionUtils().createSubjectKeyIdentifier(pair.getPublic()));
            return signed(builder, pair.getPrivate());
        } catch (GeneralSecurityException | CertIOException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Checks that a certificate is a valid, self-signed authority and that the key is its own. */
    static void requireAuthority(PrivateKey key, X509Certificate certificate, Clock clock)
            throws GeneralSecurityException {
        certificate.verify(certificate.getPublicKey());
        certificate.checkValidity(Date.from(clock.instant()));
        if (certificate.getBasicConstraints() < 0) {
            throw new GeneralSecurityException("the certificate may not sign others");
        }
        byte[] probe = certificate.getSerialNumber().toByteArray();
        Signature sign = Signature.getInstance("SHA384withECDSA");
        sign.initSign(key);
        sign.update(probe);
        byte[] signature = sign.sign();
        sign.initVerify(certificate.getPublicKey());
        sign.update(probe);
        if (!sign.verify(signature)) {
            throw new GeneralSecurityException("the key is not the certificate's");
        }
    }

    X509Certificate server(List<String> names, PublicKey leaf, Duration validity) {
        if (names.isEmpty()) {
            throw new IllegalArgumentException("names: expected at least one, got none");
        }
        GeneralName[] alternatives =
                names.stream().map(CertificateForge::alternativeName).toArray(GeneralName[]::new);
        String first = names.get(0);
        String commonName = first.length() <= COMMON_NAME_LENGTH ? first : "server";
        return leaf(commonName, new GeneralNames(alternatives), leaf, KeyPurposeId.id_kp_serverAuth, validity);
    }

    X509Certificate node(String nodeId, PublicKey leaf, Duration validity) {
        if (!NODE_ID.matcher(nodeId).matches()) {
            throw new IllegalArgumentException("nodeId: expected 1 to 64 of A-Z a-z 0-9 _ . -, got " + shown(nodeId));
        }
        requireLeafKey(leaf);
        GeneralNames names =
                new GeneralNames(new GeneralName(GeneralName.uniformResourceIdentifier, NODE_URN + nodeId));
        return leaf(nodeId, names, leaf, KeyPurposeId.id_kp_clientAuth, validity);
    }

    X509Certificate ledger(PublicKey leaf, Duration validity) {
        requireLeafKey(leaf);
        GeneralNames names =
                new GeneralNames(new GeneralName(GeneralName.uniformResourceIdentifier, LedgerCertificates.LEDGER_URN));
        return leaf("coreason-enclave ledger", names, leaf, DOCUMENT_SIGNING, validity);
    }

    static Optional<String> nodeId(X509Certificate certificate) {
        try {
            Collection<List<?>> names = certificate.getSubjectAlternativeNames();
            if (names == null || names.size() != 1) {
                return Optional.empty();
            }
            String name = String.valueOf(names.iterator().next().get(1));
            return Optional.of(name)
                    .filter(n -> n.startsWith(NODE_URN))
                    .map(n -> n.substring(NODE_URN.length()))
                    .filter(NODE_ID.asMatchPredicate());
        } catch (GeneralSecurityException e) {
            return Optional.empty();
        }
    }

    private X509Certificate leaf(
            String commonName, GeneralNames names, PublicKey leaf, KeyPurposeId purpose, Duration validity) {
        if (validity.isNegative() || validity.isZero()) {
            throw new IllegalArgumentException("validity: expected a positive duration, got " + validity);
        }
        Instant now = clock.instant();
        Instant end = now.plus(validity);
        Instant last = issuer.getNotAfter().toInstant();
        X500Name subject = new X500NameBuilder().addRDN(BCStyle.CN, commonName).build();
        X500Name authority =
                X500Name.getInstance(issuer.getSubjectX500Principal().getEncoded());
        try {
            JcaX509v3CertificateBuilder builder =
                    builder(authority, subject, leaf, now, end.isBefore(last) ? end : last);
            JcaX509ExtensionUtils extensions = new JcaX509ExtensionUtils();
            builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(false));
            builder.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature));
            builder.addExtension(Extension.extendedKeyUsage, true, new ExtendedKeyUsage(purpose));
            builder.addExtension(Extension.subjectAlternativeName, false, names);
            builder.addExtension(
                    Extension.authorityKeyIdentifier, false, extensions.createAuthorityKeyIdentifier(issuer));
            builder.addExtension(Extension.subjectKeyIdentifier, false, extensions.createSubjectKeyIdentifier(leaf));
            return signed(builder, key);
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static JcaX509v3CertificateBuilder builder(
            X500Name issuer, X500Name subject, PublicKey key, Instant now, Instant end) {
        BigInteger serial = new BigInteger(SERIAL_BITS, new SecureRandom()).setBit(SERIAL_BITS - 1);
        return new JcaX509v3CertificateBuilder(
                issuer, serial, Date.from(now.minus(SKEW)), Date.from(end), subject, key);
    }

    private static X509Certificate signed(JcaX509v3CertificateBuilder builder, PrivateKey key)
            throws GeneralSecurityException {
        try {
            return new JcaX509CertificateConverter()
                    .getCertificate(builder.build(new JcaContentSignerBuilder("SHA384withECDSA").build(key)));
        } catch (OperatorCreationException e) {
            throw new GeneralSecurityException(e);
        }
    }

    private static GeneralName alternativeName(String name) {
        if (IPAddress.isValid(name)) {
            return new GeneralName(GeneralName.iPAddress, name);
        }
        if (DNS_NAME.matcher(name).matches()) {
            return new GeneralName(GeneralName.dNSName, name);
        }
        throw new IllegalArgumentException("names: expected a DNS name or an IP address, got " + shown(name));
    }

    private static void requireLeafKey(PublicKey key) {
        int bits = key instanceof ECPublicKey ec
                ? ec.getParams().getCurve().getField().getFieldSize()
                : 0;
        if (bits != 256 && bits != 384) {
            throw new IllegalArgumentException(
                    "key: expected EC on P-256 or P-384, got " + key.getAlgorithm() + (bits == 0 ? "" : " " + bits));
        }
    }

    /** A refused name, cut short and without characters that could forge a log line. */
    private static String shown(String name) {
        String safe = name.replaceAll("\\p{Cntrl}", "?");
        return safe.length() <= COMMON_NAME_LENGTH ? safe : safe.substring(0, COMMON_NAME_LENGTH) + "…";
    }
}
