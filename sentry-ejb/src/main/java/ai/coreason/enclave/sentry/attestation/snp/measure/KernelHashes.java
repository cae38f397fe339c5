package ai.coreason.enclave.sentry.attestation.snp.measure;

import ai.coreason.enclave.base.Digests;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;

/** The page by which OVMF checks what it boots: a table of three SHA-256 (QEMU, {@code sev_add_kernel_loader_hashes}). */
final class KernelHashes {
    private static final String TABLE = "9438d606-4f22-4cc9-b479-a793d411fd21";
    private static final String APPEND = "97d02dd8-bd20-4c94-aa78-e7714d36ab2a";
    private static final String INITRD = "44baf731-3a2f-4bd7-9af1-41e29169781d";
    private static final String KERNEL = "4de79437-abd2-427f-b835-d5b172d2045b";
    private static final int PAGE = 4096;
    private static final int TABLE_BYTES = 168;

    private KernelHashes() {}

    /**
     * The page.
     *
     * @param offset where in the page the table begins
     * @throws IllegalArgumentException if it does not fit behind the offset
     */
    static byte[] page(LaunchDigest.Boot boot, int offset) {
        int aligned = TABLE_BYTES + 15 & ~15;
        if (offset > PAGE - aligned) {
            throw new IllegalArgumentException(
                    "ovmf: expected room for " + aligned + " bytes of hashes in a page, got offset " + offset);
        }
        ByteArrayOutputStream page = new ByteArrayOutputStream(PAGE);
        page.writeBytes(new byte[offset]);
        header(page, TABLE, TABLE_BYTES);
        entry(page, APPEND, Arrays.copyOf(boot.append(), boot.append().length + 1));
        entry(page, INITRD, boot.initrd());
        entry(page, KERNEL, boot.kernel());
        return Arrays.copyOf(page.toByteArray(), PAGE);
    }

    private static void entry(ByteArrayOutputStream page, String guid, byte[] content) {
        header(page, guid, 50);
        page.writeBytes(Digests.sha256().digest(content));
    }

    private static void header(ByteArrayOutputStream page, String guid, int bytes) {
        page.writeBytes(Guid.bytes(guid));
        page.write(bytes);
        page.write(bytes >> 8);
    }
}
