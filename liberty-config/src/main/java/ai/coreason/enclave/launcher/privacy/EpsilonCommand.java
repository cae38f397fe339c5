package ai.coreason.enclave.launcher.privacy;

import ai.coreason.enclave.base.Json;
import ai.coreason.enclave.launcher.terminal.ExitCode;
import ai.coreason.enclave.privacy.accounting.Phase;
import ai.coreason.enclave.privacy.accounting.PldAccountant;
import ai.coreason.enclave.privacy.accounting.PrivacyLoss;
import ai.coreason.enclave.privacy.accounting.RdpAccountant;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code enclave privacy epsilon}: what training costs. */
@Command(
        name = "epsilon",
        mixinStandardHelpOptions = true,
        description = {
            "Prints epsilon of DP-SGD by both accountants, and the smaller, which is valid as well.",
            "All figures are upper bounds. In JSON null, in a table Infinity, says that there is no finite one."
        })
final class EpsilonCommand implements Callable<Integer> {
    private static final List<String> ADDED = List.of("rdp", "rdp_order", "pld", "epsilon");

    @Spec
    private CommandSpec spec;

    @Mixin
    private Inputs inputs;

    @Option(names = "--noise-multiplier", paramLabel = "SIGMA", description = "noise in units of the clipping norm")
    private String noiseMultiplier;

    @Option(
            names = "--phase",
            paramLabel = "Q:SIGMA:STEPS",
            description = "steps of one kind; may be repeated; in a table a column phases: q:sigma:steps|...")
    private List<String> phases;

    private record Losses(double delta, PrivacyLoss rdp, PrivacyLoss pld) {
        static Supplier<Losses> of(Values values) {
            List<Phase> phases = values.phases();
            double delta = values.delta();
            return () -> new Losses(delta, RdpAccountant.epsilon(phases, delta), PldAccountant.epsilon(phases, delta));
        }

        double epsilon() {
            return Math.min(rdp.epsilon(), pld.epsilon());
        }

        List<String> cells() {
            return List.of(
                    Figures.cell(rdp.epsilon()),
                    Figures.cell(rdp.order()),
                    Figures.cell(pld.epsilon()),
                    Figures.cell(epsilon()));
        }

        ObjectNode json() {
            ObjectNode json = Json.object();
            json.putObject("rdp")
                    .<ObjectNode>set("epsilon", Figures.json(rdp.epsilon()))
                    .set("order", Figures.json(rdp.order()));
            json.putObject("pld").set("epsilon", Figures.json(pld.epsilon()));
            return json.set("epsilon", Figures.json(epsilon()));
        }

        void print(PrintWriter out) {
            out.println("epsilon " + epsilon() + " at delta " + delta);
            out.println("  by RDP " + rdp.epsilon() + " at order " + rdp.order());
            out.println("  by PLD " + pld.epsilon());
        }
    }

    @Override
    public Integer call() throws IOException {
        PrintWriter out = spec.commandLine().getOut();
        if (phases != null) {
            inputs.give("--phase", String.join("|", phases));
        }
        inputs.give("--noise-multiplier", noiseMultiplier);
        if (inputs.batch().isPresent()) {
            Batch batch = inputs.batch().get();
            Set<String> wanted = batch.has("phases")
                    ? Set.of("phases", "delta")
                    : Set.of("sampling_rate", "noise_multiplier", "steps", "delta");
            batch.answer(out, wanted, ADDED, values -> {
                Supplier<Losses> losses = Losses.of(values);
                return () -> losses.get().cells();
            });
            return ExitCode.OK;
        }
        Losses losses = (phases == null
                        ? inputs.ask(Losses::of, "--sampling-rate", "--noise-multiplier", "--steps", "--delta")
                        : inputs.ask(Losses::of, "--phase", "--delta"))
                .get();
        if (inputs.json()) {
            out.println(Figures.line(losses.json()));
        } else {
            losses.print(out);
        }
        return ExitCode.OK;
    }
}
