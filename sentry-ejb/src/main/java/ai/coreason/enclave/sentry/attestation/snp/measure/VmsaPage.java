package ai.coreason.enclave.sentry.attestation.snp.measure;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** The page with which a virtual processor starts: its registers at reset (AMD 24593, table B-4). */
final class VmsaPage {
    /** Where the first processor starts. */
    static final long BOOT_ADDRESS = 0xfffffff0L;

    private static final int BYTES = 4096;
    private static final int CODE = 0x9b;
    private static final int DATA = 0x93;
    private static final int LIMIT = 0xffff;

    private VmsaPage() {}

    /**
     * The page of one processor.
     *
     * @param address where it starts, 32 bits
     * @param features the guest's {@code SEV_FEATURES}
     */
    static byte[] of(long address, CpuModel cpu, long features, Hypervisor hypervisor) {
        ByteBuffer page = ByteBuffer.allocate(BYTES).order(ByteOrder.LITTLE_ENDIAN);
        int code = address == BOOT_ADDRESS ? hypervisor.bootCodeAttributes : CODE;
        segment(page, 0x00, 0, DATA, 0);
        segment(page, 0x10, 0xf000, code, address & 0xffff0000L);
        segment(page, 0x20, 0, hypervisor.stackAttributes, 0);
        segment(page, 0x30, 0, DATA, 0);
        segment(page, 0x40, 0, DATA, 0);
        segment(page, 0x50, 0, DATA, 0);
        segment(page, 0x60, 0, 0, 0);
        segment(page, 0x70, 0, 0x82, 0);
        segment(page, 0x80, 0, 0, 0);
        segment(page, 0x90, 0, hypervisor.taskAttributes, 0);
        page.putLong(0xd0, 0x1000); // EFER with SVME
        page.putLong(0x148, 0x40); // CR4 with MCE
        page.putLong(0x158, 0x10); // CR0
        page.putLong(0x160, 0x400); // DR7
        page.putLong(0x168, 0xffff0ff0L); // DR6
        page.putLong(0x170, 0x2); // RFLAGS
        page.putLong(0x178, address & 0xffff); // RIP
        page.putLong(0x268, hypervisor.pat);
        page.putLong(0x310, hypervisor.rdx(cpu));
        page.putLong(0x3b0, features);
        page.putLong(0x3e8, 0x1); // XCR0
        page.putInt(0x408, hypervisor.mxcsr);
        page.putShort(0x410, (short) hypervisor.x87Control);
        return page.array();
    }

    private static void segment(ByteBuffer page, int at, int selector, int attributes, long base) {
        page.putShort(at, (short) selector);
        page.putShort(at + 2, (short) attributes);
        page.putInt(at + 4, LIMIT);
        page.putLong(at + 8, base);
    }
}
