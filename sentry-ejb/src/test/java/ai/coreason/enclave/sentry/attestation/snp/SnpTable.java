package ai.coreason.enclave.sentry.attestation.snp;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;

/** The table of certificates that a host hands to its guests, made of {@link SnpPki}. */
public final class SnpTable {
    static final String VCEK = "63da758de6644564adc5f4b93be8accd";
    static final String VLEK = "a8074bc2a25a483eaae639c045a0b8a1";
    static final String ASK = "4ab7b379bbac4fe4a02f05aef327c782";
    static final String ARK = "c0b406a4a803495297433fb6014cd0ae";

    private SnpTable() {}

    /** All that a verifier needs for the reports of one kind of key. */
    public static byte[] of(SnpKey kind, SnpProduct product) {
        return of(kind, product, d -> {});
    }

    /** The same with one thing changed in the certificate of the key. */
    public static byte[] of(SnpKey kind, SnpProduct product, Consumer<SnpPki.Draft> change) {
        boolean vlek = kind == SnpKey.VLEK;
        Map<String, byte[]> entries = new LinkedHashMap<>();
        entries.put(ARK, SnpPki.arkDer(product));
        entries.put(ASK, (vlek ? SnpPki.asvk(product) : SnpPki.ask(product)).der());
        entries.put(vlek ? VLEK : VCEK, SnpPki.vek(kind, product).with(change).der());
        return of(entries);
    }

    /** A table of certificates by the hex of their GUIDs. */
    static byte[] of(Map<String, byte[]> entries) {
        int offset = 24 * (entries.size() + 1);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (Map.Entry<String, byte[]> e : entries.entrySet()) {
            out.writeBytes(HexFormat.of().parseHex(e.getKey()));
            out.writeBytes(ByteBuffer.allocate(8)
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .putInt(offset)
                    .putInt(e.getValue().length)
                    .array());
            offset += e.getValue().length;
        }
        out.writeBytes(new byte[24]);
        entries.values().forEach(out::writeBytes);
        return out.toByteArray();
    }
}
