package ai.coreason.enclave.base;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class MemoTest {
    private final List<String> made = new ArrayList<>();

    private String get(Memo<String, String> memo, String key, long weight) {
        return memo.get(key, weight, () -> {
            synchronized (made) {
                made.add(key);
            }
            return key + " made";
        });
    }

    @Test
    void get_sameKeyAgain_isMadeOnce() {
        Memo<String, String> memo = new Memo<>(10);

        assertThat(get(memo, "a", 1)).isEqualTo("a made").isSameAs(get(memo, "a", 1));
        assertThat(made).containsExactly("a");
    }

    @Test
    void get_moreThanItMayRemember_forgetsWhatWasNotAskedForLongest() {
        Memo<String, String> memo = new Memo<>(10);
        get(memo, "a", 4);
        get(memo, "b", 4);
        get(memo, "a", 4);
        get(memo, "c", 4);
        made.clear();

        get(memo, "a", 4);
        get(memo, "c", 4);
        assertThat(made).isEmpty();
        get(memo, "b", 4);
        assertThat(made).containsExactly("b");
    }

    @Test
    void get_valueHeavierThanAll_isRememberedAlone() {
        Memo<String, String> memo = new Memo<>(10);
        get(memo, "a", 1);
        get(memo, "huge", 100);
        get(memo, "huge", 100);
        assertThat(made).containsExactly("a", "huge");

        get(memo, "b", 10);
        get(memo, "huge", 100);
        assertThat(made).containsExactly("a", "huge", "b", "huge");
    }

    @Test
    void get_valueThatCannotBeMade_isNotRememberedAndWeighsNothing() {
        Memo<String, String> memo = new Memo<>(10);
        get(memo, "a", 9);
        for (int i = 0; i < 20; i++) {
            assertThatThrownBy(() -> memo.get("b", 1, () -> {
                        throw new IllegalStateException("meant to fail");
                    }))
                    .hasMessage("meant to fail");
        }

        assertThat(get(memo, "b", 1)).isEqualTo("b made");
        get(memo, "a", 9);
        assertThat(made).containsExactly("a", "b");
    }

    @Test
    void get_manyThreadsAtOnce_isMadeOnce() throws Exception {
        Memo<String, String> memo = new Memo<>(10);
        ExecutorService threads = Executors.newFixedThreadPool(8);
        CyclicBarrier start = new CyclicBarrier(8);
        List<Future<String>> results = new ArrayList<>();
        try {
            for (int i = 0; i < 8; i++) {
                results.add(threads.submit(() -> {
                    start.await(60, TimeUnit.SECONDS);
                    return get(memo, "a", 1);
                }));
            }
            for (Future<String> result : results) {
                assertThat(result.get(60, TimeUnit.SECONDS)).isEqualTo("a made");
            }
        } finally {
            threads.shutdownNow();
        }
        assertThat(made).containsExactly("a");
    }

    @Test
    void get_anotherKeyIsBeingMade_doesNotWait() throws Exception {
        Memo<String, String> memo = new Memo<>(10);
        ExecutorService threads = Executors.newSingleThreadExecutor();
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch end = new CountDownLatch(1);
        try {
            Future<String> slow = threads.submit(() -> memo.get("slow", 1, () -> {
                begun.countDown();
                try {
                    return end.await(60, TimeUnit.SECONDS) ? "slow made" : "nobody came";
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
            }));
            assertThat(begun.await(60, TimeUnit.SECONDS)).isTrue();

            assertThat(get(memo, "a", 1)).isEqualTo("a made");
            end.countDown();
            assertThat(slow.get(60, TimeUnit.SECONDS)).isEqualTo("slow made");
        } finally {
            threads.shutdownNow();
        }
    }
}
