package ai.coreason.enclave.overseer.conduct;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class WorkersTest {
    private final Queued executor = new Queued();
    private final List<String> ran = new ArrayList<>();

    @Test
    void execute_moreTasksThanWorkers_runsAllInTheirOrderByNoMoreWorkers() {
        Workers workers = new Workers(executor, 2);
        for (String task : List.of("a", "b", "c", "d")) {
            workers.execute(() -> ran.add(task));
        }
        assertThat(executor.size()).isEqualTo(2);

        executor.runOne();
        assertThat(ran).containsExactly("a", "c", "d");
        executor.runOne();
        assertThat(ran).containsExactly("a", "c", "d", "b");

        workers.execute(() -> ran.add("e"));
        executor.runAll();
        assertThat(ran).endsWith("e");
    }

    @Test
    void execute_taskThrows_goesOnWithTheNext() {
        Workers workers = new Workers(executor, 1);
        workers.execute(() -> {
            throw new IllegalStateException("meant to fail");
        });
        workers.execute(() -> {
            throw new StackOverflowError("meant to fail");
        });
        workers.execute(() -> ran.add("a"));

        executor.runAll();

        assertThat(ran).containsExactly("a");
    }

    @Test
    void execute_executorTakesNoMore_saysSoAndLosesNoWorker() {
        Workers workers = new Workers(executor, 1);
        executor.shut(true);
        assertThatThrownBy(() -> workers.execute(() -> ran.add("a"))).isInstanceOf(RejectedExecutionException.class);
        executor.shut(false);

        workers.execute(() -> ran.add("b"));
        executor.runAll();

        assertThat(ran).containsExactly("b");
    }

    @Test
    void execute_shareOfAShare_leavesAWorkerToTheOthers() {
        Workers all = new Workers(executor, 3);
        Workers slow = new Workers(all, 2);
        for (String task : List.of("slow 1", "slow 2", "slow 3", "slow 4")) {
            slow.execute(() -> ran.add(task));
        }
        all.execute(() -> ran.add("quick"));
        assertThat(executor.size()).isEqualTo(3);

        executor.runAll();
        assertThat(ran).containsExactlyInAnyOrder("slow 1", "slow 2", "slow 3", "slow 4", "quick");
    }

    @Test
    void execute_manyThreads_neverHasMoreWorkersThanAllowed() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(8);
        AtomicInteger now = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        CountDownLatch done = new CountDownLatch(2_000);
        Workers workers = new Workers(threads, 3);
        try {
            for (int i = 0; i < 2_000; i++) {
                workers.execute(() -> {
                    most.accumulateAndGet(now.incrementAndGet(), Math::max);
                    Thread.yield();
                    now.decrementAndGet();
                    done.countDown();
                });
            }
            assertThat(done.await(60, TimeUnit.SECONDS)).isTrue();
        } finally {
            threads.shutdownNow();
        }
        assertThat(most.get()).isBetween(1, 3);
    }

    @Test
    void workers_none_areRefused() {
        assertThatThrownBy(() -> new Workers(executor, 0)).hasMessage("most: expected at least 1 worker, got 0");
    }
}
