package ai.coreason.enclave.sentry.attestation.snp.measure;

/** A hypervisor, by the first registers and the page order that it gives its guests. */
public enum Hypervisor {
    /** QEMU with KVM. */
    QEMU(0x9b, 0x93, 0x8b, 0x1f80, 0x37f, 0x7040600070406L),
    /** Amazon EC2. */
    EC2(0x9a, 0x92, 0x83, 0, 0, 0x7040600070406L),
    /** Google Compute Engine. */
    GCE(0x9b, 0x93, 0x8b, 0, 0, 0x70106L);

    final int bootCodeAttributes;
    final int stackAttributes;
    final int taskAttributes;
    final int mxcsr;
    final int x87Control;
    final long pat;

    Hypervisor(int bootCode, int stack, int task, int mxcsr, int x87Control, long pat) {
        this.bootCodeAttributes = bootCode;
        this.stackAttributes = stack;
        this.taskAttributes = task;
        this.mxcsr = mxcsr;
        this.x87Control = x87Control;
        this.pat = pat;
    }

    /** What stands in RDX: QEMU puts the processor's signature there, others the reset value. */
    long rdx(CpuModel cpu) {
        return this == QEMU ? Integer.toUnsignedLong(cpu.signature()) : 0x600;
    }
}
