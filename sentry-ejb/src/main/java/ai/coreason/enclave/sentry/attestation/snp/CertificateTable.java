package ai.coreason.enclave.sentry.attestation.snp;

import ai.coreason.enclave.base.Pem;
import ai.coreason.enclave.sentry.attestation.ByteReader;
import ai.coreason.enclave.sentry.attestation.MalformedEvidence;
import ai.coreason.enclave.sentry.attestation.Reason;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The certificates that a host hands to a guest with a report (AMD 56421, section 4.1.8.1): entries of 24 bytes (16 of a
 * GUID, offset and length from the table's start, little-endian) up to one of zeros, and the certificates, DER or PEM,
 * behind them. Linux puts it into {@code auxblob} of configfs-tsm, and the report into {@code outblob}.
 *
 * @param entries what the table holds, by the GUID's hex
 */
public record CertificateTable(Map<String, byte[]> entries) {
    private static final String VCEK = "63da758de6644564adc5f4b93be8accd";
    private static final String VLEK = "a8074bc2a25a483eaae639c045a0b8a1";
    private static final String ISSUER = "4ab7b379bbac4fe4a02f05aef327c782";
    private static final String ROOT = "c0b406a4a803495297433fb6014cd0ae";
    private static final String CRL = "92f81bc358114d3d97ffd19f88dc67ea";
    private static final int ENTRY = 24;
    private static final int MAX_ENTRIES = 16;

    /**
     * Reads a table.
     *
     * @throws MalformedEvidence if it has no end, names a GUID twice, or points outside or into itself
     */
    static CertificateTable parse(byte[] bytes) throws MalformedEvidence {
        ByteReader in = new ByteReader("auxblob", bytes);
        Map<String, long[]> places = new LinkedHashMap<>();
        while (true) {
            byte[] guid = in.bytes(16);
            long offset = in.u32();
            long length = in.u32();
            if (Arrays.equals(guid, new byte[16])) {
                if (offset != 0 || length != 0) {
                    throw in.refusal("zeros that end the table", "others");
                }
                break;
            }
            if (places.put(ByteReader.hex(guid), new long[] {offset, length}) != null) {
                throw in.refusal("a GUID once", ByteReader.hex(guid) + " twice");
            }
            if (places.size() > MAX_ENTRIES) {
                throw in.refusal("at most " + MAX_ENTRIES + " entries", "more");
            }
        }
        return new CertificateTable(cut(bytes, in.offset(), places));
    }

    private static Map<String, byte[]> cut(byte[] bytes, int start, Map<String, long[]> places)
            throws MalformedEvidence {
        Map<String, byte[]> entries = new LinkedHashMap<>();
        int at = 0;
        for (Map.Entry<String, long[]> e : places.entrySet()) {
            long offset = e.getValue()[0];
            long length = e.getValue()[1];
            if (offset < start || length < 1 || offset + length > bytes.length || overlaps(e, places)) {
                throw new MalformedEvidence(
                        "auxblob",
                        at + 16L,
                        "a part of its own in [" + start + ", " + bytes.length + "]",
                        offset + " + " + length);
            }
            entries.put(e.getKey(), Arrays.copyOfRange(bytes, (int) offset, (int) (offset + length)));
            at += ENTRY;
        }
        return entries;
    }

    private static boolean overlaps(Map.Entry<String, long[]> one, Map<String, long[]> places) {
        long from = one.getValue()[0];
        long to = from + one.getValue()[1];
        return places.entrySet().stream()
                .filter(e -> !e.getKey().equals(one.getKey()))
                .map(Map.Entry::getValue)
                .anyMatch(v -> from < v[0] + v[1] && v[0] < to);
    }

    /**
     * The evidence of a configfs-tsm entry.
     *
     * @param provider the name of the guest's driver, {@code sev_guest}
     * @param outblob the report
     * @param auxblob the table; empty or of no bytes if the host gave none
     * @throws MalformedEvidence if one is not of its form, or the table has the report's key under another kind
     */
    public static SnpVerifier.Evidence evidence(byte[] provider, byte[] outblob, Optional<byte[]> auxblob)
            throws MalformedEvidence {
        String name = new String(provider, StandardCharsets.US_ASCII).strip();
        if (!name.equals("sev_guest")) {
            throw new MalformedEvidence("provider", 0, "sev_guest", name.length() + " other characters");
        }
        return evidence(outblob, auxblob);
    }

    /**
     * The evidence of a report and the table beside it.
     *
     * @throws MalformedEvidence if one is not of its form, or the table has the report's key under another kind
     */
    public static SnpVerifier.Evidence evidence(byte[] outblob, Optional<byte[]> auxblob) throws MalformedEvidence {
        if (outblob.length == 0) {
            throw new MalformedEvidence("outblob", 0, "a report", "nothing");
        }
        if (auxblob.isEmpty() || auxblob.get().length == 0) {
            return new SnpVerifier.Evidence(outblob, Optional.empty(), Optional.empty(), Optional.empty());
        }
        CertificateTable table = parse(auxblob.get());
        boolean vlek = SnpReport.parse(outblob).key() == SnpKey.VLEK;
        byte[] own = table.entries.get(vlek ? VLEK : VCEK);
        if (own == null && table.entries.containsKey(vlek ? VCEK : VLEK)) {
            throw new MalformedEvidence(new Reason(
                    "auxblob.vek",
                    "the GUID of a " + (vlek ? "VLEK" : "VCEK") + ", which signed the report",
                    "the GUID of a " + (vlek ? "VCEK" : "VLEK")));
        }
        return new SnpVerifier.Evidence(
                outblob, Optional.ofNullable(own), table.chain(), Optional.ofNullable(table.entries.get(CRL)));
    }

    private Optional<byte[]> chain() throws MalformedEvidence {
        ByteArrayOutputStream pem = new ByteArrayOutputStream();
        for (String guid : List.of(ISSUER, ROOT)) {
            if (entries.containsKey(guid)) {
                for (X509Certificate c : AmdCertificates.read("auxblob." + guid, entries.get(guid))) {
                    pem.writeBytes(pem(c));
                }
            }
        }
        return pem.size() == 0 ? Optional.empty() : Optional.of(pem.toByteArray());
    }

    private static byte[] pem(X509Certificate c) throws MalformedEvidence {
        try {
            return Pem.write(Pem.CERTIFICATE, c.getEncoded()).getBytes(StandardCharsets.US_ASCII);
        } catch (CertificateEncodingException e) {
            throw new MalformedEvidence("auxblob", 0, "certificates", "what does not encode");
        }
    }
}
