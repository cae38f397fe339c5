package ai.coreason.enclave.sentry.attestation.guest;

import ai.coreason.enclave.sentry.contract.HardwareType;
import java.io.IOException;

/** An interface of this machine that gives hardware quotes. Thread-safe. */
public interface GuestQuotes {
    /**
     * A quote.
     *
     * @param type what made it
     * @param quote as the hardware gave it, 1 to {@link ai.coreason.enclave.sentry.contract.Evidence#MAX_QUOTE} bytes
     * @param certificates that the machine gave with it, in the hardware's own form; no bytes if it gave none
     */
    record GuestQuote(HardwareType type, byte[] quote, byte[] certificates) {
        /** Copies the arrays. */
        public GuestQuote {
            quote = quote.clone();
            certificates = certificates.clone();
        }

        /** A copy. */
        @Override
        public byte[] quote() {
            return quote.clone();
        }

        /** A copy. */
        @Override
        public byte[] certificates() {
            return certificates.clone();
        }
    }

    /**
     * A quote over exactly these bytes.
     *
     * @param reportData 64 bytes
     * @throws IOException if none can be had, or what came is empty, partial or for other bytes
     */
    GuestQuote quote(byte[] reportData) throws IOException;
}
