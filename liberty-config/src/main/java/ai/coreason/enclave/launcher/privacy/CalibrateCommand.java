package ai.coreason.enclave.launcher.privacy;

import ai.coreason.enclave.base.Json;
import ai.coreason.enclave.launcher.terminal.ExitCode;
import ai.coreason.enclave.privacy.accounting.PldAccountant;
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

/** {@code enclave privacy calibrate}: the noise that keeps training within a target. */
@Command(
        name = "calibrate",
        mixinStandardHelpOptions = true,
        description = {
            "Prints the least noise multiplier with which the steps cost no more than the target, by each accountant.",
            "Each holds; the smaller one is enough."
        })
final class CalibrateCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Mixin
    private Inputs inputs;

    @Option(names = "--target-epsilon", paramLabel = "E", description = "the epsilon that must not be exceeded, > 0")
    private String targetEpsilon;

    private record Noise(double rdp, double pld) {
        static Supplier<Noise> of(Values values) {
            double q = values.samplingRate();
            long steps = values.steps();
            double delta = values.delta();
            double target = values.targetEpsilon();
            return () -> new Noise(
                    RdpAccountant.calibrate(q, steps, delta, target), PldAccountant.calibrate(q, steps, delta, target));
        }

        List<String> cells() {
            return List.of(Figures.cell(rdp), Figures.cell(pld));
        }

        ObjectNode json() {
            return Json.object().<ObjectNode>set("rdp", Figures.json(rdp)).set("pld", Figures.json(pld));
        }

        void print(PrintWriter out) {
            out.println("noise multiplier " + Math.min(rdp, pld));
            out.println("  by RDP " + rdp);
            out.println("  by PLD " + pld);
        }
    }

    @Override
    public Integer call() throws IOException {
        PrintWriter out = spec.commandLine().getOut();
        inputs.give("--target-epsilon", targetEpsilon);
        if (inputs.batch().isPresent()) {
            Set<String> wanted = Set.of("sampling_rate", "steps", "delta", "target_epsilon");
            inputs.batch().get().answer(out, wanted, List.of("rdp", "pld"), values -> {
                Supplier<Noise> noise = Noise.of(values);
                return () -> noise.get().cells();
            });
            return ExitCode.OK;
        }
        Noise noise = inputs.ask(Noise::of, "--sampling-rate", "--steps", "--delta", "--target-epsilon")
                .get();
        if (inputs.json()) {
            out.println(Figures.line(noise.json()));
        } else {
            noise.print(out);
        }
        return ExitCode.OK;
    }
}
