package ai.coreason.enclave.sentry.attestation.nvidia;

import ai.coreason.enclave.sentry.attestation.Anchors;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.bouncycastle.asn1.ASN1EncodableVector;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DERBitString;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.DERTaggedObject;

/** A maker of devices whose roots only tests trust: two chains, and a report that a test may change before it is signed. */
final class FakeMaker {
    static final Instant AT = Instant.parse("2025-06-01T00:00:00Z");
    static final String HOPPER_FWID = "2.23.133.5.4.1";
    static final String BLACKWELL_FWID = "2.23.133.5.4.1.1";
    static final int DRIVER = 3;
    static final int VBIOS = 6;
    static final int NVDEC0 = 11;
    static final int FWID = 20;

    private static final List<KeyPair> KEYS = keys();

    final byte[] fwid = new byte[48];
    final List<FakeCertificate> device = new ArrayList<>();
    final List<FakeCertificate> manifest = new ArrayList<>();
    final byte[] request = new byte[37];
    final byte[] head = {0x11, 0x60, 0, 0};
    final Map<Integer, byte[]> measurements = new TreeMap<>();
    final Map<Integer, byte[]> opaque = new TreeMap<>();

    FakeMaker() {
        Arrays.fill(fwid, (byte) 7);
        FakeCertificate root = FakeCertificate.authority("NVIDIA Device Identity CA", null, KEYS.get(0));
        FakeCertificate middle = FakeCertificate.authority("NVIDIA GH100 Identity", root, KEYS.get(1));
        FakeCertificate leaf = FakeCertificate.leaf("GH100 A01 GSP FMC LF", middle, KEYS.get(2));
        leaf.oid = HOPPER_FWID;
        leaf.extension = composite(fwid);
        device.addAll(List.of(leaf, middle, root));
        FakeCertificate rimRoot = FakeCertificate.authority("NVIDIA CoRIM signing Root CA", null, KEYS.get(3));
        FakeCertificate rimMiddle = FakeCertificate.authority("NVIDIA Reference Value CA", rimRoot, KEYS.get(4));
        manifest.addAll(List.of(FakeCertificate.leaf("L4 Signer", rimMiddle, KEYS.get(5)), rimMiddle, rimRoot));
        System.arraycopy(new byte[] {0x11, (byte) 0xe0, 1, (byte) 0xff}, 0, request, 0, 4);
        Arrays.fill(request, 4, 36, (byte) 0xab);
        for (int i = 1; i <= 40; i++) {
            measurements.put(i, value(i - 1));
        }
        opaque.put(DRIVER, "550.90.07\0".getBytes(StandardCharsets.US_ASCII));
        opaque.put(VBIOS, new byte[] {0, (byte) 0x9f, 0, (byte) 0x96, 1, 0, 0, 0});
        opaque.put(NVDEC0, new byte[] {0x55});
        opaque.put(FWID, fwid.clone());
    }

    private static List<KeyPair> keys() {
        List<KeyPair> keys = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            keys.add(FakeCertificate.key("secp384r1"));
        }
        return keys;
    }

    /** The value at an index from 0. */
    static byte[] value(int index) {
        byte[] v = new byte[48];
        Arrays.fill(v, (byte) (index + 1));
        return v;
    }

    static DERSequence composite(byte[] fwid) {
        return new DERSequence(new org.bouncycastle.asn1.ASN1Encodable[] {
            new ASN1Integer(1), new DERSequence(), fwidPair(fwid, "2.16.840.1.101.3.4.2.2")
        });
    }

    static DERSequence tcbInfo(byte[] fwid, int flags) {
        ASN1EncodableVector fields = new ASN1EncodableVector();
        fields.add(new DERTaggedObject(false, 0, new DEROctetString(new byte[] {1})));
        fields.add(new DERTaggedObject(false, 6, new DERSequence(new org.bouncycastle.asn1.ASN1Encodable[] {
            fwidPair(fwid, "2.16.840.1.101.3.4.2.2"), fwidPair(new byte[48], "2.16.840.1.101.3.4.2.2")
        })));
        fields.add(new DERTaggedObject(false, 7, new DERBitString(new byte[] {(byte) flags, 0, 0, 1})));
        return new DERSequence(fields);
    }

    static DERSequence fwidPair(byte[] fwid, String algorithm) {
        return new DERSequence(
                new org.bouncycastle.asn1.ASN1Encodable[] {new ASN1ObjectIdentifier(algorithm), new DEROctetString(fwid)
                });
    }

    Anchors anchors() {
        return new Anchors(List.of(
                device.get(device.size() - 1).sign(),
                manifest.get(manifest.size() - 1).sign()));
    }

    static List<X509Certificate> signed(List<FakeCertificate> chain) {
        return chain.stream().map(FakeCertificate::sign).toList();
    }

    static byte[] pem(List<X509Certificate> chain) {
        StringBuilder out = new StringBuilder();
        try {
            for (X509Certificate c : chain) {
                out.append("-----BEGIN CERTIFICATE-----\n")
                        .append(Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(c.getEncoded()))
                        .append("\n-----END CERTIFICATE-----\n");
            }
        } catch (java.security.cert.CertificateException e) {
            throw new IllegalStateException(e);
        }
        return out.toString().getBytes(StandardCharsets.US_ASCII);
    }

    /** Request and response, signed by the device's leaf. */
    byte[] report() throws Exception {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(request);
        out.writeBytes(head);
        ByteArrayOutputStream record = new ByteArrayOutputStream();
        measurements.forEach((index, value) -> {
            record.write(index);
            record.write(1);
            little(record, value.length + 3, 2);
            record.write(1);
            little(record, value.length, 2);
            record.writeBytes(value);
        });
        out.write(measurements.size());
        little(out, record.size(), 3);
        out.writeBytes(record.toByteArray());
        out.writeBytes(new byte[32]);
        ByteArrayOutputStream fields = new ByteArrayOutputStream();
        opaque.forEach((type, value) -> {
            little(fields, type, 2);
            little(fields, value.length, 2);
            fields.writeBytes(value);
        });
        little(out, fields.size(), 2);
        out.writeBytes(fields.toByteArray());
        return signed(out.toByteArray());
    }

    /** Any bytes, followed by the device's signature over them. */
    byte[] signed(byte[] message) throws Exception {
        Signature signer = Signature.getInstance("SHA384withECDSAinP1363Format");
        signer.initSign(device.get(0).key.getPrivate());
        signer.update(message);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(message);
        out.writeBytes(signer.sign());
        return out.toByteArray();
    }

    NvidiaEvidence evidence(Map<String, byte[]> rims) throws Exception {
        return new NvidiaEvidence(report(), pem(signed(device)), rims, List.of());
    }

    private static void little(ByteArrayOutputStream out, int value, int bytes) {
        for (int i = 0; i < bytes; i++) {
            out.write(value >> 8 * i);
        }
    }
}
