package ai.coreason.enclave.sentry.attestation.snp;

import ai.coreason.enclave.sentry.attestation.MalformedEvidence;
import ai.coreason.enclave.sentry.attestation.Reason;
import ai.coreason.enclave.sentry.attestation.der.Der;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;

/**
 * The certificate of a key that signs reports, with what AMD's extensions say of it (AMD 57230, tables 8 and 11). The
 * extensions lie under 1.3.6.1.4.1.3704.1: numbers as INTEGER, names as IA5String, the chip's identifier as bare bytes.
 *
 * @param certificate what it was read from
 * @param key VCEK or VLEK, by its subject
 * @param product of the chip
 * @param tcb the patch levels from which the key is derived
 * @param hwId the chip's identifier: 64 bytes, on Turin 8; empty for a VLEK, which belongs to a provider
 */
record VekCertificate(X509Certificate certificate, SnpKey key, SnpProduct product, SnpTcb tcb, Optional<byte[]> hwId) {
    private static final String ARC = "1.3.6.1.4.1.3704.1.";
    private static final String STRUCT_VERSION = ARC + "1";
    private static final String PRODUCT = ARC + "2";
    private static final String BOOT_LOADER = ARC + "3.1";
    private static final String TEE = ARC + "3.2";
    private static final String SNP = ARC + "3.3";
    private static final List<String> RESERVED = List.of(ARC + "3.4", ARC + "3.5", ARC + "3.6", ARC + "3.7");
    private static final String MICROCODE = ARC + "3.8";
    private static final String FMC = ARC + "3.9";
    private static final String HWID = ARC + "4";
    private static final String PROVIDER = ARC + "5";

    /**
     * Reads one certificate in DER or PEM. Nothing is verified.
     *
     * @throws MalformedEvidence if it is none, is of neither kind, or has an extension missing, of another form or in
     *     excess
     */
    static VekCertificate parse(byte[] bytes) throws MalformedEvidence {
        X509Certificate c = AmdCertificates.readOne("vek", bytes);
        SnpKey key = kind(c);
        number(c, STRUCT_VERSION);
        String name = extension(c, PRODUCT).ia5();
        SnpProduct product = SnpProduct.ofName(name)
                .orElseThrow(() -> refusal("vek.product", "Milan, Genoa or Turin, with or without a stepping", name));
        boolean turin = product == SnpProduct.TURIN;
        if (!turin) {
            refuse(c, FMC, "vek.fmcSPL", product.label());
        }
        SnpTcb tcb = new SnpTcb(
                turin ? number(c, FMC) : 0,
                number(c, BOOT_LOADER),
                number(c, TEE),
                number(c, SNP),
                number(c, MICROCODE));
        for (String oid : RESERVED) {
            boolean absent = turin && c.getExtensionValue(oid) == null;
            if (!absent && number(c, oid) != 0) {
                throw refusal("vek.extension " + oid, "0, since it is reserved", "another number");
            }
        }
        return new VekCertificate(c, key, product, tcb, identity(c, key, product));
    }

    private static SnpKey kind(X509Certificate c) throws MalformedEvidence {
        for (SnpKey key : SnpKey.values()) {
            if (key.subject().equals(c.getSubjectX500Principal())) {
                return key;
            }
        }
        throw refusal(
                "vek.subject",
                SnpKey.VCEK.subject().getName() + " or the like of SEV-VLEK",
                c.getSubjectX500Principal().getName());
    }

    private static Optional<byte[]> identity(X509Certificate c, SnpKey key, SnpProduct product)
            throws MalformedEvidence {
        if (key == SnpKey.VLEK) {
            refuse(c, HWID, "vek.hwID", "a VLEK");
            extension(c, PROVIDER).ia5();
            return Optional.empty();
        }
        refuse(c, PROVIDER, "vek.CSP_ID", "a VCEK");
        byte[] hwId = octets(c, HWID, "vek.hwID");
        if (hwId.length != product.hwIdBytes()) {
            throw refusal("vek.hwID", product.hwIdBytes() + " bytes on " + product.label(), hwId.length + " bytes");
        }
        return Optional.of(hwId);
    }

    private static void refuse(X509Certificate c, String oid, String rule, String of) throws MalformedEvidence {
        if (c.getExtensionValue(oid) != null) {
            throw refusal(rule, "no such extension of " + of, "one");
        }
    }

    private static int number(X509Certificate c, String oid) throws MalformedEvidence {
        return extension(c, oid).u8();
    }

    private static Der extension(X509Certificate c, String oid) throws MalformedEvidence {
        String rule = "vek.extension " + oid;
        return Der.of(rule, octets(c, oid, rule));
    }

    private static byte[] octets(X509Certificate c, String oid, String rule) throws MalformedEvidence {
        byte[] value = c.getExtensionValue(oid);
        if (value == null) {
            throw refusal(rule, "the extension", "none");
        }
        return Der.of(rule, value).content(Der.OCTETS);
    }

    private static MalformedEvidence refusal(String rule, String expected, String came) {
        return new MalformedEvidence(new Reason(rule, expected, came));
    }
}
