package ai.coreason.enclave.overseer.conduct;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

class LanesTest {
    private final Queued quick = new Queued();
    private final Queued slow = new Queued();
    private final List<String> ran = new ArrayList<>();

    private record Scripted(Function<String, Optional<Runnable>> step, Consumer<String> onFailure)
            implements Lanes.Work {
        @Override
        public Optional<Runnable> quickly(String key) {
            return step.apply(key);
        }

        @Override
        public void failed(String key, Throwable why) {
            onFailure.accept(key + ": " + why.getMessage());
        }
    }

    private Lanes lanes(Function<String, Optional<Runnable>> step) {
        return new Lanes(quick, slow, new Scripted(step, ran::add));
    }

    private Optional<Runnable> note(String key) {
        ran.add(key);
        return Optional.empty();
    }

    @Test
    void signal_idleLane_runsItOnceAndLeavesNothing() {
        Lanes lanes = lanes(this::note);

        lanes.signal("a");
        lanes.signal("b");
        assertThat(lanes.busy()).isEqualTo(2);
        quick.runAll();

        assertThat(ran).containsExactly("a", "b");
        assertThat(lanes.busy()).isZero();
    }

    @Test
    void signal_beforeTheLaneHasBegun_isSeenByTheRunThatWaits() {
        Lanes lanes = lanes(this::note);

        lanes.signal("a");
        lanes.signal("a");
        lanes.signal("a");
        quick.runAll();

        assertThat(ran).containsExactly("a");
    }

    @Test
    void signal_whileTheLaneRuns_makesItRunOnceMoreHoweverManyCome() {
        List<Lanes> lanes = new ArrayList<>();
        lanes.add(lanes(key -> {
            ran.add(key);
            if (ran.size() == 1) {
                lanes.get(0).signal("a");
                lanes.get(0).signal("a");
                lanes.get(0).signal("a");
            }
            return Optional.empty();
        }));

        lanes.get(0).signal("a");
        quick.runAll();

        assertThat(ran).containsExactly("a", "a");
        assertThat(lanes.get(0).busy()).isZero();
    }

    @Test
    void signal_whileWhatTakesLongRuns_waitsForItAndDelaysNoOther() {
        Lanes lanes = lanes(key -> {
            ran.add(key);
            return key.equals("a") && ran.size() == 1 ? Optional.of(() -> ran.add("model of a")) : Optional.empty();
        });
        lanes.signal("a");
        quick.runAll();

        lanes.signal("a");
        lanes.signal("b");
        quick.runAll();
        assertThat(ran).containsExactly("a", "b");

        slow.runOne();
        assertThat(ran).containsExactly("a", "b", "model of a");
        quick.runAll();
        assertThat(ran).containsExactly("a", "b", "model of a", "a");
        assertThat(lanes.busy()).isZero();
    }

    @Test
    void signal_quickPartThrew_isToldAndRunsAgain() {
        Lanes lanes = lanes(key -> {
            throw new IllegalStateException("meant to fail");
        });

        for (int i = 0; i < 2; i++) {
            lanes.signal("a");
            quick.runAll();
            assertThat(lanes.busy()).isZero();
        }

        assertThat(ran).containsExactly("a: meant to fail", "a: meant to fail");
    }

    @Test
    void signal_slowPartThrew_isToldAndRunsAgain() {
        Lanes lanes = lanes(key -> Optional.of(() -> {
            throw new StackOverflowError("meant to fail");
        }));

        for (int i = 0; i < 2; i++) {
            lanes.signal("a");
            quick.runAll();
            slow.runAll();
            assertThat(lanes.busy()).isZero();
        }

        assertThat(ran).containsExactly("a: meant to fail", "a: meant to fail");
    }

    @Test
    void signal_whoIsToldOfAFailureThrowsToo_leavesTheLaneIdle() {
        Lanes lanes = new Lanes(
                quick,
                slow,
                new Scripted(
                        key -> {
                            throw new IllegalStateException("meant to fail");
                        },
                        told -> {
                            throw new IllegalStateException(told);
                        }));
        lanes.signal("a");

        assertThatThrownBy(quick::runAll).hasMessage("a: meant to fail");
        assertThat(lanes.busy()).isZero();
    }

    @Test
    void signal_executorsTakeNoMore_leavesTheLaneIdle() {
        Lanes lanes = lanes(key -> Optional.of(() -> ran.add("model of " + key)));
        quick.shut(true);
        assertThatThrownBy(() -> lanes.signal("a")).isInstanceOf(RejectedExecutionException.class);
        assertThat(lanes.busy()).isZero();
        quick.shut(false);

        slow.shut(true);
        lanes.signal("a");
        quick.runAll();

        assertThat(ran).containsExactly("a: shut");
        assertThat(lanes.busy()).isZero();
    }

    @Test
    void signal_fromManyThreads_runsNoLaneTwiceAtOnceAndMissesNone() throws Exception {
        int signals = 3_000;
        List<String> keys = List.of("a", "b", "c", "d", "e");
        Map<String, AtomicInteger> signalled = new ConcurrentHashMap<>();
        Map<String, AtomicInteger> running = new ConcurrentHashMap<>();
        Map<String, Integer> seen = new ConcurrentHashMap<>();
        AtomicInteger overlaps = new AtomicInteger();
        keys.forEach(k -> {
            signalled.put(k, new AtomicInteger());
            running.put(k, new AtomicInteger());
        });
        Function<String, Integer> enter = key -> {
            if (running.get(key).incrementAndGet() > 1) {
                overlaps.incrementAndGet();
            }
            return signalled.get(key).get();
        };
        ExecutorService threads = Executors.newFixedThreadPool(8);
        ExecutorService callers = Executors.newFixedThreadPool(4);
        Workers all = new Workers(threads, 4);
        Lanes lanes = new Lanes(
                all,
                new Workers(all, 3),
                new Scripted(
                        key -> {
                            int came = enter.apply(key);
                            if (came % 3 == 0) {
                                return Optional.of(() -> {
                                    Thread.yield();
                                    running.get(key).decrementAndGet();
                                    seen.put(key, came);
                                });
                            }
                            running.get(key).decrementAndGet();
                            seen.put(key, came);
                            return Optional.empty();
                        },
                        told -> overlaps.incrementAndGet()));
        CountDownLatch given = new CountDownLatch(4);
        try {
            for (int c = 0; c < 4; c++) {
                int caller = c;
                callers.execute(() -> {
                    for (int i = 0; i < signals; i++) {
                        String key = keys.get((i + caller) % keys.size());
                        signalled.get(key).incrementAndGet();
                        lanes.signal(key);
                    }
                    given.countDown();
                });
            }
            assertThat(given.await(60, TimeUnit.SECONDS)).isTrue();
            long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
            while (lanes.busy() > 0 && System.nanoTime() < end) {
                Thread.onSpinWait();
            }
        } finally {
            callers.shutdownNow();
            threads.shutdownNow();
        }

        assertThat(lanes.busy()).isZero();
        assertThat(overlaps).hasValue(0);
        keys.forEach(
                k -> assertThat(seen.get(k)).as(k).isEqualTo(signalled.get(k).get()));
    }
}
