package ai.coreason.enclave.overseer.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.coreason.enclave.overseer.load.MemoryShare.Permit;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class MemoryShareTest {
    private static final Duration LONG = Duration.ofMinutes(1);

    private final MemoryShare share = new MemoryShare(100, 2);

    private Optional<Permit> now(long bytes) throws InterruptedException {
        return share.acquire(bytes, Duration.ZERO);
    }

    @Test
    void acquire_whatIsLeft_isGivenAndComesBackOnce() throws Exception {
        Permit sixty = now(60).orElseThrow();
        assertThat(now(41)).isEmpty();
        Permit forty = now(40).orElseThrow();
        assertThat(share.left()).isZero();

        sixty.close();
        sixty.close();
        assertThat(share.left()).isEqualTo(60);
        forty.close();
        assertThat(share.left()).isEqualTo(100);
        assertThat(share.crowded()).isFalse();
    }

    @Test
    void acquire_moreThanTheWhole_isAloneWithTheWhole() throws Exception {
        Permit some = now(1).orElseThrow();
        assertThat(now(1000)).isEmpty();
        some.close();
        Permit all = now(1000).orElseThrow();
        assertThat(share.left()).isZero();
        all.close();
        assertThat(share.left()).isEqualTo(100);
    }

    @Test
    void acquire_figuresThatAreNone_areRefused() {
        assertThatThrownBy(() -> now(-1)).hasMessage("bytes: expected at least 0, got -1");
        assertThatThrownBy(() -> new MemoryShare(0, 1)).hasMessage("bytes: expected at least 1, got 0");
    }

    @Test
    void acquire_largeOneWaits_smallOnesComeBehindItAndMoreThanThePlacesAreTurnedAway() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(2);
        List<String> order = Collections.synchronizedList(new ArrayList<>());
        Permit held = now(50).orElseThrow();
        Future<?> large = threads.submit(() -> hold(90, "large", order));
        awaitCrowd();
        assertThat(now(1)).isEmpty();
        Future<?> small = threads.submit(() -> hold(20, "small", order));
        while (share.waiting() < 2) {
            Thread.onSpinWait();
        }
        assertThat(share.acquire(1, LONG)).isEmpty();

        held.close();
        large.get();
        small.get();

        assertThat(order).containsExactly("large", "small");
        assertThat(share.left()).isEqualTo(100);
        threads.shutdownNow();
    }

    @Test
    void acquire_manyAtOnce_neverHoldMoreThanTheShare() throws Exception {
        MemoryShare many = new MemoryShare(100, 1000);
        AtomicLong held = new AtomicLong();
        AtomicLong most = new AtomicLong();
        ExecutorService threads = Executors.newFixedThreadPool(8);
        List<Future<?>> all = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            int bytes = 1 + i % 70;
            all.add(threads.submit(() -> {
                Permit permit = many.acquire(bytes, LONG).orElseThrow();
                most.accumulateAndGet(held.addAndGet(bytes), Math::max);
                held.addAndGet(-bytes);
                permit.close();
                return null;
            }));
        }
        for (Future<?> one : all) {
            one.get();
        }
        assertThat(most.get()).isLessThanOrEqualTo(100);
        assertThat(many.left()).isEqualTo(100);
        threads.shutdownNow();
    }

    private Void hold(long bytes, String name, List<String> order) throws InterruptedException {
        Permit permit = share.acquire(bytes, LONG).orElseThrow();
        order.add(name);
        permit.close();
        return null;
    }

    private void awaitCrowd() {
        while (!share.crowded()) {
            Thread.onSpinWait();
        }
    }
}
