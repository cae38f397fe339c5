package ai.coreason.enclave.overseer.conduct;

import static org.assertj.core.api.Assertions.assertThat;

import ai.coreason.enclave.overseer.evaluation.HeldOut;
import ai.coreason.enclave.overseer.evaluation.ModelEvaluation;
import ai.coreason.enclave.overseer.job.JobAdmitted;
import ai.coreason.enclave.overseer.round.Round;
import ai.coreason.enclave.overseer.round.RoundMoved;
import ai.coreason.enclave.overseer.round.RoundStepper;
import ai.coreason.enclave.overseer.round.RoundStepper.Step;
import ai.coreason.enclave.overseer.round.TaskBell;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

class RoundConductorTest {
    private static final Step.Aggregate AGGREGATE = new Step.Aggregate(null, null, List.of());

    private final BlockingQueue<String> events = new LinkedBlockingQueue<>();
    private List<String> underWay = List.of("a", "b");

    private final class Stepper extends RoundStepper {
        private final Function<String, Step> steps;

        Stepper(Function<String, Step> steps) {
            this.steps = steps;
        }

        @Override
        public List<String> underWay() {
            return underWay;
        }

        @Override
        public Step step(String jobId) {
            events.add("step " + jobId);
            return steps.apply(jobId);
        }

        @Override
        public Step close(String jobId, Round aggregated, String modelDigest, Optional<HeldOut> heldOut) {
            events.add("close " + jobId + " " + modelDigest);
            return new Step.Opened(List.of("node of " + jobId));
        }

        @Override
        public Step spoil(String jobId, Round aggregated, String why) {
            events.add("spoil " + jobId + " " + why);
            return new Step.Wait();
        }

        @Override
        public void fail(String jobId, String why) {
            events.add("fail " + jobId + " " + why);
        }
    }

    private Aggregator aggregator(Function<Step.Aggregate, Aggregator.Outcome> outcome) {
        return new Aggregator() {
            @Override
            public Outcome aggregate(Step.Aggregate step) {
                return outcome.apply(step);
            }
        };
    }

    private TaskBell bell() {
        return new TaskBell() {
            @Override
            public void ring(String nodeId) {
                events.add("ring " + nodeId);
            }
        };
    }

    private List<String> seen() {
        List<String> seen = new ArrayList<>();
        events.drainTo(seen);
        return seen;
    }

    @Test
    void tick_everyJobUnderWay_takesOneStepAndRingsForNewTasks() {
        Queued executor = new Queued();
        RoundConductor conductor = new RoundConductor(
                new Stepper(job -> job.equals("a") ? new Step.Opened(List.of("n")) : new Step.Wait()),
                aggregator(step -> new Aggregator.Outcome.Failed("none is due")),
                new ModelEvaluation(),
                bell(),
                executor);

        conductor.tick();
        conductor.admitted(new JobAdmitted("a"));
        conductor.moved(new RoundMoved("c"));
        executor.runAll();

        assertThat(seen()).containsExactly("step a", "ring n", "step b", "step c");
    }

    @Test
    void moved_updatesAreIn_closesWithTheModelOrSpoilsTheRound() {
        Queued executor = new Queued();
        RoundConductor good = new RoundConductor(
                new Stepper(job -> AGGREGATE),
                aggregator(s -> new Aggregator.Outcome.Stored("d")),
                new ModelEvaluation(),
                bell(),
                executor);
        good.moved(new RoundMoved("a"));
        executor.runAll();
        assertThat(seen()).containsExactly("step a", "close a d", "ring node of a");

        RoundConductor bad = new RoundConductor(
                new Stepper(job -> AGGREGATE),
                aggregator(s -> new Aggregator.Outcome.Failed("why")),
                new ModelEvaluation(),
                bell(),
                executor);
        bad.moved(new RoundMoved("a"));
        executor.runAll();
        assertThat(seen()).containsExactly("step a", "spoil a why");
    }

    @Test
    void tick_aggregationsThatTakeLong_delayNoOtherJob() throws Exception {
        List<String> aggregating = List.of("a1", "a2", "a3", "a4", "a5");
        CountDownLatch end = new CountDownLatch(1);
        ExecutorService threads = Executors.newCachedThreadPool();
        RoundConductor conductor = new RoundConductor(
                new Stepper(job -> job.startsWith("a") ? AGGREGATE : new Step.Opened(List.of("node of " + job))),
                aggregator(step -> {
                    events.add("aggregate");
                    awaitOrFail(end);
                    return new Aggregator.Outcome.Stored("d");
                }),
                new ModelEvaluation(),
                bell(),
                threads);
        try {
            underWay = aggregating;
            conductor.tick();
            takeUntil("aggregate");
            takeUntil("aggregate");
            takeUntil("aggregate");

            underWay = List.of("a1", "b", "c");
            for (int i = 0; i < 3; i++) {
                conductor.tick();
                takeUntil("ring node of b");
                takeUntil("ring node of c");
            }
            end.countDown();
            takeUntil("close a5 d");
        } finally {
            end.countDown();
            threads.shutdownNow();
        }
    }

    @Test
    void tick_jobFailsFiveTimesInARow_isGivenUpAndAnotherGoesOn() {
        Queued executor = new Queued();
        RoundConductor conductor = new RoundConductor(
                new Stepper(job -> {
                    if (job.equals("a")) {
                        throw new IllegalStateException("meant to fail");
                    }
                    return new Step.Wait();
                }),
                aggregator(step -> new Aggregator.Outcome.Failed("none is due")),
                new ModelEvaluation(),
                bell(),
                executor);

        for (int i = 0; i < 4; i++) {
            conductor.tick();
            executor.runAll();
        }
        assertThat(seen()).containsOnly("step a", "step b");
        conductor.tick();
        executor.runAll();

        assertThat(seen())
                .containsExactlyInAnyOrder(
                        "step a",
                        "step b",
                        "fail a the Overseer could not go on after 5 tries; its log has the reason");
    }

    @Test
    void tick_jobThatEndedMeanwhile_beginsToCountAnew() {
        Queued executor = new Queued();
        RoundConductor conductor = new RoundConductor(
                new Stepper(job -> {
                    throw new IllegalStateException("meant to fail");
                }),
                aggregator(step -> new Aggregator.Outcome.Failed("none is due")),
                new ModelEvaluation(),
                bell(),
                executor);
        for (int i = 0; i < 4; i++) {
            conductor.tick();
            executor.runAll();
        }

        underWay = List.of();
        conductor.tick();
        underWay = List.of("a", "b");
        conductor.tick();
        executor.runAll();

        assertThat(seen()).containsOnly("step a", "step b");
    }

    private static void awaitOrFail(CountDownLatch latch) {
        try {
            if (!latch.await(60, TimeUnit.SECONDS)) {
                throw new IllegalStateException("expected an end within a minute, got none");
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Waits until an event has come; a minute is the bound of a test that hangs. */
    private void takeUntil(String event) throws InterruptedException {
        String next;
        do {
            next = events.poll(60, TimeUnit.SECONDS);
            assertThat(next).as("an event while waiting for " + event).isNotNull();
        } while (!next.equals(event));
    }
}
