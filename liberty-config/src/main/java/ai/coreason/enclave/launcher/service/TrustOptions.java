package ai.coreason.enclave.launcher.service;

import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** What an Overseer verifies hardware evidence by, beside its trust policy, and what vouches for itself. */
final class TrustOptions {
    @Spec(Spec.Target.MIXEE)
    private CommandSpec spec;

    @Option(
            names = "--trust-anchors",
            paramLabel = "DIR",
            description = "self-signed certificates that replace the built-in roots of AMD, Intel and NVIDIA")
    private Path anchors;

    @Option(
            names = "--certificates",
            paramLabel = "DIR",
            description = "certificates and lists for evidence that lacks them (docs/ATTESTATION.md)")
    private Path certificates;

    @Option(
            names = "--kds",
            paramLabel = "URL",
            description =
                    "AMD's key server or a mirror, asked for what neither the evidence nor --certificates hold; default: none")
    private URI kds;

    @Option(
            names = "--pcs",
            paramLabel = "URL",
            description = "Intel's provisioning service or a mirror, likewise; default: none")
    private URI pcs;

    @Option(
            names = "--tsm",
            paramLabel = "DIR",
            description =
                    "where the kernel's TSM reports are, for the Overseer's own evidence; where Linux has them when"
                            + " left out")
    private Path tsm;

    /**
     * What was given, as variables of the server's configuration.
     *
     * @throws ParameterException naming the first option that does not fit
     */
    Map<String, String> variables() {
        Map<String, String> variables = new HashMap<>();
        folder(variables, "--trust-anchors", "enclave.trust.anchors", anchors);
        folder(variables, "--certificates", "enclave.trust.certificates", certificates);
        folder(variables, "--tsm", "enclave.tsm.root", tsm);
        address(variables, "--kds", "enclave.trust.kds", kds);
        address(variables, "--pcs", "enclave.trust.pcs", pcs);
        return variables;
    }

    private void folder(Map<String, String> variables, String option, String variable, Path folder) {
        if (folder == null) {
            return;
        }
        if (!Files.isDirectory(folder)) {
            throw new ParameterException(spec.commandLine(), option + ": expected a folder, got nothing at " + folder);
        }
        variables.put(variable, folder.toAbsolutePath().normalize().toString());
    }

    private void address(Map<String, String> variables, String option, String variable, URI address) {
        if (address == null) {
            return;
        }
        if (!"https".equals(address.getScheme()) || address.getHost() == null) {
            throw new ParameterException(
                    spec.commandLine(),
                    option + ": expected https://host, got " + address.getScheme() + "://" + address.getHost());
        }
        variables.put(variable, address.toString());
    }
}
