package ai.coreason.enclave.sentry.attestation.snp;

import ai.coreason.enclave.sentry.attestation.ByteReader;
import ai.coreason.enclave.sentry.attestation.MalformedEvidence;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Which certificate a report's key has, and whether documents from elsewhere are that key's: what a key server or a folder
 * is asked for (AMD 57230, section 4.1). Nothing is verified by it but names and forms. Immutable and thread-safe.
 *
 * @param product of the chip
 * @param key VCEK or VLEK
 * @param hwId the chip's identifier in lower-case hex: 64 bytes, on Turin 8; empty for a VLEK
 * @param tcb the patch levels from which the key is derived
 */
public record VekIdentity(SnpProduct product, SnpKey key, String hwId, SnpTcb tcb) {
    /**
     * What a report may be signed by, the likeliest first: one for a report that tells its processor; one of version 2 is of
     * Turin if its chip's identifier is short, and of Milan or Genoa otherwise.
     *
     * @return none if the report does not tell its chip
     * @throws MalformedEvidence if it is no report, or has other levels than the product
     */
    public static List<VekIdentity> of(byte[] report) throws MalformedEvidence {
        SnpReport parsed = SnpReport.parse(report);
        if (parsed.key() == SnpKey.VCEK && (parsed.chipIdIsZero() || parsed.maskChipKey())) {
            return List.of();
        }
        String chip = ByteReader.hex(parsed.chipId());
        List<SnpProduct> products = parsed.product().map(List::of).orElseGet(() -> ofChip(chip));
        List<VekIdentity> out = new ArrayList<>();
        for (SnpProduct product : products) {
            String hwId = parsed.key() == SnpKey.VLEK ? "" : chip.substring(0, 2 * product.hwIdBytes());
            out.add(new VekIdentity(product, parsed.key(), hwId, parsed.tcb(SnpReport.TcbField.REPORTED, product)));
        }
        return out;
    }

    private static List<SnpProduct> ofChip(String chip) {
        boolean isShort = chip.substring(2 * SnpProduct.TURIN.hwIdBytes()).matches("0*") && !chip.matches("0*");
        return isShort ? List.of(SnpProduct.TURIN) : List.of(SnpProduct.MILAN, SnpProduct.GENOA);
    }

    /**
     * Whose key a certificate is of.
     *
     * @param vek in DER or PEM
     */
    public static VekIdentity ofCertificate(byte[] vek) throws MalformedEvidence {
        VekCertificate c = VekCertificate.parse(vek);
        return new VekIdentity(
                c.product(), c.key(), c.hwId().map(ByteReader::hex).orElse(""), c.tcb());
    }

    /** The levels in hex, two digits each: on Turin those of the FMC, then boot loader, TEE, SNP and microcode. */
    public String tcbHex() {
        String fmc = product == SnpProduct.TURIN ? "%02x".formatted(tcb.fmc()) : "";
        return fmc + "%02x%02x%02x%02x".formatted(tcb.bootLoader(), tcb.tee(), tcb.snp(), tcb.microcode());
    }

    /** Until when a certificate is good; empty if it is not of this key. */
    public Optional<Instant> certificate(byte[] vek) {
        try {
            return ofCertificate(vek).equals(this)
                    ? Optional.of(until(AmdCertificates.readOne("vek", vek)))
                    : Optional.empty();
        } catch (MalformedEvidence e) {
            return Optional.empty();
        }
    }

    /** Until when a chain is good; empty if it is not of the issuer of this kind of keys and the product's root. */
    public Optional<Instant> chain(byte[] pem) {
        try {
            List<X509Certificate> all = AmdCertificates.read("chain", pem);
            boolean whole = Stream.of(key.issuer(product), SnpKey.root(product))
                    .allMatch(name -> all.stream()
                            .anyMatch(c -> c.getSubjectX500Principal().equals(name)));
            return whole ? all.stream().map(VekIdentity::until).min(Instant::compareTo) : Optional.empty();
        } catch (MalformedEvidence e) {
            return Optional.empty();
        }
    }

    /** Until when a revocation list is good; empty if it is not of the product's root. */
    public Optional<Instant> crl(byte[] der) {
        try {
            SnpRevocation list = SnpRevocation.parse(der);
            Date next = list.list().getNextUpdate();
            return list.list().getIssuerX500Principal().equals(SnpKey.root(product))
                    ? Optional.of(next == null ? Instant.MIN : next.toInstant())
                    : Optional.empty();
        } catch (MalformedEvidence e) {
            return Optional.empty();
        }
    }

    private static Instant until(X509Certificate c) {
        return c.getNotAfter().toInstant();
    }
}
