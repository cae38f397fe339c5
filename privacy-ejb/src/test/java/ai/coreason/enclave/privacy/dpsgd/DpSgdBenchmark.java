package ai.coreason.enclave.privacy.dpsgd;

import ai.coreason.enclave.base.Json;
import ai.coreason.enclave.privacy.graph.Initializer;
import ai.coreason.enclave.privacy.graph.LossKind;
import ai.coreason.enclave.privacy.graph.ModelGraph;
import ai.coreason.enclave.privacy.graph.Weights;
import ai.coreason.enclave.privacy.graph.operator.ElementType;
import ai.coreason.enclave.privacy.noise.NoiseKeys;
import ai.coreason.enclave.privacy.noise.PoissonSampler;
import ai.coreason.enclave.privacy.plan.Mechanism;
import ai.coreason.enclave.privacy.plan.TrainingPlan;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.engine.PtSymbolBlock;
import ai.djl.pytorch.jni.IValueUtils;
import ai.djl.pytorch.jni.JniUtils;
import com.fasterxml.jackson.databind.JsonNode;
import com.sun.management.OperatingSystemMXBean;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * Samples per CPU-second of training on one thread, in a process of its own: arguments MODEL.json, {@code dp} or
 * {@code plain}, seconds to warm up, seconds to measure. Prints one JSON object. The CPU time is the whole process's, with
 * the compiler and the garbage collector. docs/BENCHMARKS.md has the command that compares with Opacus.
 */
final class DpSgdBenchmark {
    private static final double LEARNING_RATE = 0.05;
    private static final OperatingSystemMXBean SYSTEM =
            (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();

    private final ModelGraph graph;
    private final Examples examples;
    private final int batch;
    private final double rate;
    private final Stopwatch watch;

    private DpSgdBenchmark(JsonNode spec, Stopwatch watch) {
        this.graph = ModelGraph.parse(spec.get("graph"), "graph");
        int count = spec.get("examples").intValue();
        this.examples = examples(graph, count, spec.path("tokens").intValue());
        this.batch = spec.get("batch").intValue();
        this.rate = batch / (double) count;
        this.watch = watch;
    }

    /** Counts samples between the end of the warm-up and the end. */
    private static final class Stopwatch {
        private final double warm;
        private final double end;
        private double begun = -1;
        private double now;
        private long samples;

        Stopwatch(double warmSeconds, double seconds) {
            this.warm = cpuSeconds() + warmSeconds;
            this.end = seconds;
        }

        /** Whether to go on after a step over so many samples. */
        boolean next(int drawn) {
            now = cpuSeconds();
            if (begun < 0) {
                begun = now >= warm ? now : -1;
                return true;
            }
            samples += drawn;
            return now < begun + end;
        }

        double samplesPerSecond() {
            return samples / (now - begun);
        }

        private static double cpuSeconds() {
            return SYSTEM.getProcessCpuTime() / 1e9;
        }
    }

    private static final class Enough extends RuntimeException {
        private static final long serialVersionUID = 1;
    }

    public static void main(String[] args) throws IOException {
        JsonNode spec = Json.read(Files.readString(Path.of(args[0])));
        Engine.getEngine("PyTorch");
        JniUtils.setNumThreads(1);
        long runtime = peakKib();
        DpSgdBenchmark benchmark =
                new DpSgdBenchmark(spec, new Stopwatch(Double.parseDouble(args[2]), Double.parseDouble(args[3])));
        switch (args[1]) {
            case "dp" -> benchmark.train();
            case "plain" -> benchmark.descend();
            default -> throw new IllegalArgumentException("expected dp or plain, got " + args[1]);
        }
        System.out.println(Json.object()
                .put("rate", benchmark.watch.samplesPerSecond())
                .put("peak_kib", peakKib())
                .put("runtime_kib", runtime));
    }

    private Weights initial() {
        return Initializer.initial(graph, new SplittableRandom(3)::nextLong);
    }

    private void train() {
        TrainingPlan plan =
                new TrainingPlan(Mechanism.DP_SGD, TrainingPlan.MAX_STEPS, rate, 1, 1, batch, LEARNING_RATE);
        try (DpSgdTrainer trainer = new DpSgdTrainer(graph)) {
            trainer.train(initial(), examples, plan, NoiseKeys.fresh(), (step, drawn, nonFinite) -> {
                if (!watch.next(drawn)) {
                    throw new Enough();
                }
            });
        } catch (Enough e) {
            return;
        }
        throw new IllegalStateException("the plan's steps did not last as long as the measurement");
    }

    /** The same without clipping and noise; sampled by a generator that is seeded, as its secrecy protects nothing. */
    private void descend() throws IOException {
        byte[] archive = TorchScriptArchive.of(StepProgram.CLASS, PlainStep.source(graph, LEARNING_RATE / batch));
        ParameterLayout layout = new ParameterLayout(graph);
        PoissonSampler sampler = new PoissonSampler(rate);
        SplittableRandom random = new SplittableRandom(4);
        try (NDManager manager = NDManager.newBaseManager("PyTorch");
                PtSymbolBlock program =
                        JniUtils.loadModule((PtNDManager) manager, new ByteArrayInputStream(archive), false, false)) {
            float[] flat = new float[layout.size()];
            layout.write(initial(), java.nio.FloatBuffer.wrap(flat));
            int count = examples.count();
            NDArray x = manager.create(
                    examples.x(),
                    new Shape(count).addAll(new Shape(graph.input().shape().extents())));
            NDArray y = examples.classes().isPresent()
                    ? manager.create(examples.classes().get(), new Shape(count))
                    : manager.create(
                            examples.targets().orElseThrow(), new Shape(count).addAll(new Shape(graph.outputShape())));
            NDArray w = manager.create(flat, new Shape(flat.length));
            int drawn = 0;
            JniUtils.setGraphExecutorOptimize(false);
            while (watch.next(drawn)) {
                long[] index = sampler.draw(count, random::nextLong);
                try (NDManager call = manager.newSubManager()) {
                    IValueUtils.forward(program, new NDList(call.create(index), x, y, w), true);
                }
                drawn = index.length;
            }
        }
    }

    private static Examples examples(ModelGraph graph, int count, int tokens) {
        SplittableRandom random = new SplittableRandom(5);
        int width = Math.toIntExact(graph.input().shape().size());
        long[] shape = graph.input().shape().extents().stream()
                .mapToLong(Long::longValue)
                .toArray();
        float[] x = new float[count * width];
        boolean whole = graph.input().type() == ElementType.INT64;
        for (int i = 0; i < x.length; i++) {
            x[i] = whole ? random.nextInt(tokens) : (float) random.nextDouble(-1.7, 1.7);
        }
        int outputs = (int) java.util.Arrays.stream(graph.outputShape()).reduce(1, (a, b) -> a * b);
        if (graph.loss() == LossKind.CROSS_ENTROPY) {
            return Examples.of(shape, x, random.longs(count, 0, outputs).toArray());
        }
        float[] y = new float[count * outputs];
        IntStream.range(0, y.length).forEach(i -> y[i] = random.nextInt(2));
        return Examples.of(shape, x, y);
    }

    private static long peakKib() throws IOException {
        return Files.readAllLines(Path.of("/proc/self/status")).stream()
                .filter(line -> line.startsWith("VmHWM"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                .findFirst()
                .orElseThrow();
    }
}
