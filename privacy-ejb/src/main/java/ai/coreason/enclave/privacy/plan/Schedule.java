package ai.coreason.enclave.privacy.plan;

import ai.coreason.enclave.base.InvalidDocument;
import ai.coreason.enclave.base.Json;
import ai.coreason.enclave.base.JsonFields;
import ai.coreason.enclave.base.JsonFields.Range;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Locale;

/**
 * How the learning rate changes over the steps of one plan, by PyTorch's {@code StepLR} and {@code CosineAnnealingLR}
 * after a linear warm-up. It begins anew with every plan, thus in every round.
 *
 * <p>With w warm-up steps, step t has t/w of the learning rate up to t = w ({@code LinearLR} from 1/w); the curve begins
 * at step w + 1 with the whole rate and lasts as many steps as the plan has left ({@code SequentialLR}, milestone w).
 *
 * @param curve what follows the warm-up
 * @param warmupSteps w, from 0 to the steps of the plan
 * @param stepSize steps between two drops of {@link Curve#STEP}, at least 1; 0 with another curve
 * @param gamma factor of each drop, in (0, 1]; 1 with another curve
 * @param etaMin where {@link Curve#COSINE} leads to, at least 0 and at most the learning rate; 0 with another curve
 */
public record Schedule(Curve curve, long warmupSteps, long stepSize, double gamma, double etaMin) {
    /** The course of the learning rate after the warm-up. */
    public enum Curve {
        /** The same all the time. */
        CONSTANT,
        /** Times gamma after every {@code step_size} steps. */
        STEP,
        /** Half a cosine from the learning rate down to {@code eta_min}. */
        COSINE;

        private String wire() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** The same learning rate at every step. */
    public static final Schedule CONSTANT = new Schedule(Curve.CONSTANT, 0, 0, 1, 0);

    private static final double DEFAULT_GAMMA = 0.1;

    /**
     * Checks what no plan could hold.
     *
     * @throws IllegalArgumentException naming the first member out of its range
     */
    public Schedule {
        require(warmupSteps >= 0, "warmup_steps", "at least 0", warmupSteps);
        require(curve == Curve.STEP ? stepSize >= 1 : stepSize == 0, "step_size", "at least 1 with step", stepSize);
        require(curve == Curve.STEP ? Range.rate().holds(gamma) : gamma == 1, "gamma", "in (0, 1] with step", gamma);
        boolean minimum = curve == Curve.COSINE ? Range.nonNegative().holds(etaMin) : etaMin == 0;
        require(minimum, "eta_min", "at least 0 with cosine", etaMin);
    }

    /**
     * Reads a schedule: {@code kind} ({@code constant} by default, {@code step} or {@code cosine}), {@code warmup_steps}
     * (0); for {@code step} also {@code step_size} and {@code gamma} (0.1), for {@code cosine} {@code eta_min} (0).
     *
     * @param steps of the plan
     * @param learningRate of the plan
     * @throws InvalidDocument naming the first member that is missing, unknown, out of its range or of another kind
     */
    static Schedule read(JsonFields f, long steps, double learningRate) {
        String kinds = "one of constant, step, cosine";
        Curve curve = f.has("kind")
                ? Curve.valueOf(f.text("kind", kinds, Schedule::named).toUpperCase(Locale.ROOT))
                : Curve.CONSTANT;
        long warmup = f.whole("warmup_steps", 0, steps, 0);
        boolean step = curve == Curve.STEP;
        Schedule schedule = new Schedule(
                curve,
                warmup,
                step ? f.whole("step_size", 1, TrainingPlan.MAX_STEPS) : 0,
                step ? f.number("gamma", Range.rate(), DEFAULT_GAMMA) : 1,
                curve == Curve.COSINE ? f.number("eta_min", Range.closed(0, learningRate), 0) : 0);
        f.end();
        return schedule;
    }

    private static boolean named(String kind) {
        return kind.equals(Curve.CONSTANT.wire()) || kind.equals(Curve.STEP.wire()) || kind.equals(Curve.COSINE.wire());
    }

    /** The document that {@link #read} reads, without what has its default. */
    ObjectNode json() {
        ObjectNode json = Json.object().put("kind", curve.wire());
        if (warmupSteps > 0) {
            json.put("warmup_steps", warmupSteps);
        }
        if (curve == Curve.STEP) {
            json.put("step_size", stepSize).put("gamma", gamma);
        }
        if (etaMin > 0) {
            json.put("eta_min", etaMin);
        }
        return json;
    }

    /**
     * Checks that a plan of so many steps at such a learning rate can follow this schedule.
     *
     * @throws IllegalArgumentException naming the member that does not fit
     */
    void requireFit(long steps, double learningRate) {
        require(warmupSteps <= steps, "schedule.warmup_steps", "at most the " + steps + " steps", warmupSteps);
        require(etaMin <= learningRate, "schedule.eta_min", "at most the learning rate " + learningRate, etaMin);
    }

    /**
     * The learning rate of one step.
     *
     * @param step from 1 to {@code steps}
     * @param steps of the plan
     * @param learningRate of the plan
     */
    public double rate(long step, long steps, double learningRate) {
        if (step <= warmupSteps) {
            return learningRate * step / warmupSteps;
        }
        long index = step - warmupSteps - 1;
        return switch (curve) {
            case CONSTANT -> learningRate;
            case STEP -> learningRate * Math.pow(gamma, index / stepSize);
            case COSINE ->
                etaMin + (learningRate - etaMin) * (1 + Math.cos(Math.PI * index / (steps - warmupSteps))) / 2;
        };
    }

    private static void require(boolean holds, String name, String expected, Object got) {
        if (!holds) {
            throw new IllegalArgumentException(name + ": expected " + expected + ", got " + got);
        }
    }
}
