package ai.coreason.enclave.sentry.attestation.snp.measure;

import ai.coreason.enclave.base.Digests;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Optional;

/**
 * The launch digest of a SEV-SNP guest: SHA-384, page by page, over what the host loads before the guest runs (AMD 56860,
 * section 8.17.2). A report carries it as its measurement. Not thread-safe.
 */
public final class LaunchDigest {
    private static final int PAGE = 4096;
    private static final int BYTES = 48;
    private static final int PAGE_INFO_BYTES = 0x70;
    private static final long VMSA_ADDRESS = 0xfffffffff000L;
    private static final int MAX_VCPUS = 4096;
    private static final int NORMAL = 1;
    private static final int VMSA = 2;
    private static final int ZERO = 3;
    private static final int UNMEASURED = 4;
    private static final int SECRETS = 5;
    private static final int CPUID = 6;

    private final MessageDigest sha = Digests.sha384();
    private byte[] digest = new byte[BYTES];

    private LaunchDigest() {}

    /**
     * What OVMF boots directly.
     *
     * @param kernel its file
     * @param initrd its file; no bytes if there is none
     * @param append the kernel's command line, UTF-8, without an end mark
     */
    public record Boot(byte[] kernel, byte[] initrd, byte[] append) {}

    /**
     * A guest.
     *
     * @param ovmf the firmware's image
     * @param boot what it boots directly; empty if it boots from a disk
     * @param vcpus how many processors, [1, 4096]
     * @param cpu their model
     * @param features {@code SEV_FEATURES}, 64 bits; bit 0 is SNP itself
     * @param hypervisor what starts it
     */
    public record Guest(
            byte[] ovmf, Optional<Boot> boot, int vcpus, CpuModel cpu, long features, Hypervisor hypervisor) {
        /**
         * Checks the numbers.
         *
         * @throws IllegalArgumentException if one is out of range
         */
        public Guest {
            if (vcpus < 1 || vcpus > MAX_VCPUS) {
                throw new IllegalArgumentException("vcpus: expected [1, " + MAX_VCPUS + "], got " + vcpus);
            }
            if ((features & 1) == 0) {
                throw new IllegalArgumentException(
                        "guest-features: expected bit 0 (SNP) to be 1, got 0x" + Long.toHexString(features));
            }
        }
    }

    /**
     * The launch digest, 48 bytes.
     *
     * @throws IllegalArgumentException if the image is none of OVMF for SEV-SNP, has no room for the hashes of a kernel that
     *     is given, or cannot start more than one processor though there are more
     */
    public static byte[] of(Guest guest) {
        Ovmf ovmf = Ovmf.parse(guest.ovmf());
        LaunchDigest out = new LaunchDigest();
        out.normal(ovmf.address(), ovmf.image());
        Optional<byte[]> hashes = guest.boot().map(b -> KernelHashes.page(b, ovmf.hashesOffset()));
        for (Ovmf.Section section : ovmf.sections()) {
            out.section(section, hashes, guest.hypervisor());
        }
        if (guest.hypervisor() == Hypervisor.EC2) {
            ovmf.sections().stream()
                    .filter(s -> s.kind() == Ovmf.Kind.CPUID)
                    .forEach(s -> out.update(CPUID, s.address(), new byte[BYTES]));
        }
        out.processors(guest, ovmf);
        return out.digest;
    }

    /** The digest after the firmware's image alone, 48 bytes. */
    static byte[] ofFirmware(byte[] image) {
        Ovmf ovmf = Ovmf.parse(image);
        LaunchDigest out = new LaunchDigest();
        out.normal(ovmf.address(), ovmf.image());
        return out.digest;
    }

    private void section(Ovmf.Section section, Optional<byte[]> hashes, Hypervisor hypervisor) {
        switch (section.kind()) {
            case ZEROS -> pages(hypervisor == Hypervisor.GCE ? UNMEASURED : ZERO, section);
            case SVSM_CALLING_AREA -> pages(ZERO, section);
            case SECRETS -> update(SECRETS, section.address(), new byte[BYTES]);
            case CPUID -> {
                if (hypervisor != Hypervisor.EC2) {
                    update(CPUID, section.address(), new byte[BYTES]);
                }
            }
            case KERNEL_HASHES -> hashes(section, hashes);
        }
    }

    private void hashes(Ovmf.Section section, Optional<byte[]> hashes) {
        if (hashes.isEmpty()) {
            pages(ZERO, section);
            return;
        }
        if (section.bytes() != PAGE) {
            throw new IllegalArgumentException(
                    "ovmf: expected one page for the kernel's hashes, got " + section.bytes() + " bytes");
        }
        normal(section.address(), hashes.get());
    }

    private void processors(Guest guest, Ovmf ovmf) {
        byte[] first = page(VmsaPage.BOOT_ADDRESS, guest);
        update(VMSA, VMSA_ADDRESS, first);
        if (guest.vcpus() > 1) {
            long address = ovmf.resetAddress()
                    .orElseThrow(() -> new IllegalArgumentException(
                            "ovmf: expected where further processors start, since vcpus is " + guest.vcpus()
                                    + ", got nothing"));
            byte[] others = page(address, guest);
            for (int i = 1; i < guest.vcpus(); i++) {
                update(VMSA, VMSA_ADDRESS, others);
            }
        }
    }

    private byte[] page(long address, Guest guest) {
        return sha.digest(VmsaPage.of(address, guest.cpu(), guest.features(), guest.hypervisor()));
    }

    private void normal(long address, byte[] content) {
        for (int at = 0; at < content.length; at += PAGE) {
            update(NORMAL, address + at, sha.digest(Arrays.copyOfRange(content, at, at + PAGE)));
        }
    }

    private void pages(int type, Ovmf.Section section) {
        for (int at = 0; at < section.bytes(); at += PAGE) {
            update(type, section.address() + at, new byte[BYTES]);
        }
    }

    private void update(int type, long address, byte[] content) {
        ByteBuffer info = ByteBuffer.allocate(PAGE_INFO_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        info.put(digest).put(content);
        info.putShort((short) PAGE_INFO_BYTES).put((byte) type);
        info.putLong(PAGE_INFO_BYTES - 8, address);
        digest = sha.digest(info.array());
    }
}
