package ai.coreason.enclave.sentry.attestation.snp;

import ai.coreason.enclave.base.Pem;
import ai.coreason.enclave.sentry.attestation.MalformedEvidence;
import ai.coreason.enclave.sentry.attestation.der.StrictDer;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Reads certificates: a few, small, in strict DER or in PEM around it. */
final class AmdCertificates {
    private static final int MAX_COUNT = 8;
    private static final int MAX_BYTES = 1 << 16;

    private AmdCertificates() {}

    /**
     * Reads one certificate in DER, or those of a text in PEM; the text around them is passed over.
     *
     * @param part the name of what is read, for refusals
     * @throws MalformedEvidence if there is none, more than 8, or one that is not an X.509 certificate in DER
     */
    static List<X509Certificate> read(String part, byte[] bytes) throws MalformedEvidence {
        if (bytes.length > MAX_BYTES) {
            throw new MalformedEvidence(part, 0, "at most " + MAX_BYTES + " bytes", bytes.length + " bytes");
        }
        if (bytes.length > 0 && bytes[0] == 0x30) {
            return List.of(certificate(part, bytes));
        }
        List<Pem.Block> blocks = blocks(part, new String(bytes, StandardCharsets.US_ASCII));
        if (blocks.isEmpty() || blocks.size() > MAX_COUNT) {
            throw new MalformedEvidence(
                    part, 0, "1 to " + MAX_COUNT + " certificates in DER or PEM", Integer.toString(blocks.size()));
        }
        List<X509Certificate> out = new ArrayList<>();
        for (Pem.Block block : blocks) {
            out.add(certificate(part, der(part, block)));
        }
        return out;
    }

    /** Reads exactly one certificate. */
    static X509Certificate readOne(String part, byte[] bytes) throws MalformedEvidence {
        List<X509Certificate> all = read(part, bytes);
        if (all.size() != 1) {
            throw new MalformedEvidence(part, 0, "one certificate", all.size() + " certificates");
        }
        return all.get(0);
    }

    private static List<Pem.Block> blocks(String part, String text) throws MalformedEvidence {
        try {
            return Pem.blocks(Pem.CERTIFICATE, text);
        } catch (IllegalArgumentException e) {
            throw new MalformedEvidence(part, 0, "whole certificates in PEM", "one without an end");
        }
    }

    private static byte[] der(String part, Pem.Block block) throws MalformedEvidence {
        try {
            return block.der();
        } catch (IllegalArgumentException e) {
            throw new MalformedEvidence(part, block.begin(), "a certificate in Base64", "others");
        }
    }

    private static X509Certificate certificate(String part, byte[] der) throws MalformedEvidence {
        StrictDer.checkCertificate(part, der);
        try {
            CertificateFactory factory = CertificateFactory.getInstance("X.509");
            X509Certificate certificate = (X509Certificate) factory.generateCertificate(new ByteArrayInputStream(der));
            if (certificate.getVersion() != 3 || !Arrays.equals(certificate.getEncoded(), der)) {
                throw new MalformedEvidence(part, 0, "an X.509 certificate of version 3", "another");
            }
            return certificate;
        } catch (CertificateException | RuntimeException e) {
            throw new MalformedEvidence(part, 0, "an X.509 certificate", "what does not parse");
        }
    }
}
