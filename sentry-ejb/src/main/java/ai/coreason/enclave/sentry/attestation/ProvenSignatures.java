package ai.coreason.enclave.sentry.attestation;

import ai.coreason.enclave.base.Digests;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.PublicKey;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.BooleanSupplier;

/**
 * Signatures that were found to hold: a maker's under certificates and lists, which come again with each piece of evidence.
 * That a signature holds depends on its key and bytes alone, so this saves arithmetic and decides nothing: whether a
 * certificate is of its time, revoked or below a pinned root is for each call to judge. One that does not hold is not
 * remembered. The last 1024 are kept, as SHA-256 over key and bytes. Thread-safe.
 */
public final class ProvenSignatures {
    private static final int KEPT = 1024;

    private final String scheme;
    private final Map<String, Boolean> proven = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Boolean> eldest) {
            return size() > KEPT;
        }
    };

    /** @param scheme what is verified and how; signatures of two schemes are never taken for each other */
    public ProvenSignatures(String scheme) {
        this.scheme = scheme;
    }

    /**
     * Whether a signature holds.
     *
     * @param check does the arithmetic, for exactly this key and these parts
     * @param parts all that the check reads
     */
    public boolean holds(BooleanSupplier check, PublicKey key, byte[]... parts) {
        String id = id(key, parts);
        synchronized (proven) {
            if (proven.get(id) != null) {
                return true;
            }
        }
        boolean holds = check.getAsBoolean();
        if (holds) {
            synchronized (proven) {
                proven.put(id, true);
            }
        }
        return holds;
    }

    /** How many are kept. */
    int size() {
        synchronized (proven) {
            return proven.size();
        }
    }

    private String id(PublicKey key, byte[][] parts) {
        MessageDigest digest = Digests.sha256();
        add(digest, scheme.getBytes(StandardCharsets.UTF_8));
        add(digest, key.getEncoded());
        for (byte[] part : parts) {
            add(digest, part);
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    private static void add(MessageDigest digest, byte[] part) {
        digest.update(ByteBuffer.allocate(Integer.BYTES).putInt(part.length).array());
        digest.update(part);
    }
}
