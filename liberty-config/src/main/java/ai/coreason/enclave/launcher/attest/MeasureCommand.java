package ai.coreason.enclave.launcher.attest;

import ai.coreason.enclave.launcher.terminal.ExitCode;
import ai.coreason.enclave.sentry.attestation.ByteReader;
import ai.coreason.enclave.sentry.attestation.snp.measure.CpuModel;
import ai.coreason.enclave.sentry.attestation.snp.measure.Hypervisor;
import ai.coreason.enclave.sentry.attestation.snp.measure.LaunchDigest;
import ai.coreason.enclave.sentry.attestation.snp.measure.LaunchDigest.Boot;
import ai.coreason.enclave.sentry.attestation.snp.measure.LaunchDigest.Guest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code enclave attest measure}: the SEV-SNP launch digest of a guest before it is started. */
@Command(
        name = "measure",
        mixinStandardHelpOptions = true,
        description = {
            "Prints the SEV-SNP launch digest of a guest, hex: what its report will show as the measurement.",
            "It covers firmware, kernel, initrd, command line and the processors' first registers."
        })
final class MeasureCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Option(names = "--ovmf", required = true, paramLabel = "FILE", description = "the firmware's image, OVMF")
    private Path ovmf;

    @Option(names = "--kernel", paramLabel = "FILE", description = "the kernel that OVMF boots directly")
    private Path kernel;

    @Option(names = "--initrd", paramLabel = "FILE", description = "its first file system; only with --kernel")
    private Path initrd;

    @Option(names = "--append", paramLabel = "TEXT", description = "its command line; only with --kernel")
    private String append;

    @Option(names = "--vcpus", required = true, paramLabel = "N", description = "how many processors, 1 to 4096")
    private int vcpus;

    @Option(
            names = "--vcpu-type",
            paramLabel = "NAME",
            description = "their model as QEMU names it, such as EPYC-v4; or --vcpu-sig")
    private String vcpuType;

    @Option(names = "--vcpu-sig", paramLabel = "X", description = "their signature (EAX of CPUID 1), decimal or 0x hex")
    private String vcpuSignature;

    @Option(
            names = "--guest-features",
            paramLabel = "X",
            defaultValue = "0x1",
            description = "SEV_FEATURES, decimal or 0x hex; default: ${DEFAULT-VALUE}")
    private String features;

    @Option(
            names = {"--hypervisor", "--vmm-type"},
            paramLabel = "NAME",
            defaultValue = "QEMU",
            description = "QEMU, EC2 or GCE; default: ${DEFAULT-VALUE}")
    private String hypervisor;

    @Override
    public Integer call() throws IOException {
        if (kernel == null && (initrd != null || append != null)) {
            throw wrong("--kernel: expected a file beside --initrd and --append, got none");
        }
        Optional<Boot> boot = kernel == null
                ? Optional.empty()
                : Optional.of(new Boot(
                        read("--kernel", kernel),
                        initrd == null ? new byte[0] : read("--initrd", initrd),
                        (append == null ? "" : append).getBytes(StandardCharsets.UTF_8)));
        byte[] firmware = read("--ovmf", ovmf);
        try {
            Guest guest = new Guest(firmware, boot, vcpus, cpu(), number("--guest-features", features), vmm());
            spec.commandLine().getOut().println(ByteReader.hex(LaunchDigest.of(guest)));
            return ExitCode.OK;
        } catch (IllegalArgumentException e) {
            throw wrong("--" + e.getMessage());
        }
    }

    private CpuModel cpu() {
        boolean neither = vcpuType == null && vcpuSignature == null;
        if (neither && vmm() != Hypervisor.QEMU) {
            return CpuModel.UNTOLD;
        }
        if (neither || vcpuType != null && vcpuSignature != null) {
            throw wrong("--vcpu-type: expected it or --vcpu-sig, got " + (neither ? "neither" : "both"));
        }
        return vcpuType == null ? new CpuModel((int) number("--vcpu-sig", vcpuSignature)) : CpuModel.named(vcpuType);
    }

    private Hypervisor vmm() {
        try {
            return Hypervisor.valueOf(hypervisor.toUpperCase(Locale.ROOT));
        } catch (IllegalArgumentException e) {
            throw wrong("--hypervisor: expected QEMU, EC2 or GCE, got " + hypervisor);
        }
    }

    private long number(String option, String text) {
        try {
            return text.startsWith("0x") ? Long.parseUnsignedLong(text.substring(2), 16) : Long.parseUnsignedLong(text);
        } catch (NumberFormatException e) {
            throw wrong(option + ": expected a whole number, decimal or 0x and hex, got " + text);
        }
    }

    private byte[] read(String option, Path file) {
        try {
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw wrong(option + ": expected a file that can be read, got " + file);
        }
    }

    private ParameterException wrong(String message) {
        return new ParameterException(spec.commandLine(), message);
    }
}
