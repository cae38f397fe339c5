package ai.coreason.enclave.node.copies;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SketchTest {
    /** The fingerprint of each of the records from a number to before another, of which so many are kept. */
    private static Sketch sketch(int from, int to, int most) {
        Smallest smallest = new Smallest(most);
        for (int i = from; i < to; i++) {
            smallest.add(new SplittableRandom(i * 31L).split().nextLong());
        }
        return smallest.sketch();
    }

    @Test
    void sketch_fewerThanKept_isAllDistinctOnesInOrder() {
        Smallest smallest = new Smallest(10);
        for (long number : new long[] {5, -3, 5, Long.MAX_VALUE, Long.MIN_VALUE, -3}) {
            smallest.add(number);
        }
        Sketch sketch = smallest.sketch();
        assertThat(sketch.complete()).isTrue();
        assertThat(sketch.count()).isEqualTo(4);
        assertThat(sketch.at(0)).isEqualTo(Long.MIN_VALUE);
        assertThat(sketch.at(3)).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void sketch_moreThanKept_isTheSmallestWhateverTheOrder() {
        Smallest up = new Smallest(7);
        Smallest down = new Smallest(7);
        for (int i = 0; i < 5000; i++) {
            up.add(i % 1000);
            down.add(1000 - 1 - i % 1000);
        }
        for (Smallest smallest : new Smallest[] {up, down}) {
            Sketch sketch = smallest.sketch();
            assertThat(sketch.complete()).isFalse();
            assertThat(sketch.count()).isEqualTo(7);
            assertThat(sketch.at(6)).isEqualTo(6);
        }
    }

    /** Fixed numbers; with others, the estimate is farther off than a fifth about once in 10,000 times at worst. */
    @ParameterizedTest
    @CsvSource({"40000, 40000, 4000", "200000, 40000, 40000", "40000, 3000, 3000", "5000, 4000, 1000"})
    void with_largerThanKept_estimatesWhatIsShared(int first, int second, int shared) {
        Overlap overlap = sketch(0, first, 5000).with(sketch(first - shared, first - shared + second, 5000));
        assertThat(overlap.isCopy()).isTrue();
        assertThat((double) overlap.estimate()).isBetween(shared * 0.8, shared * 1.2);
    }

    @ParameterizedTest
    @CsvSource({
        "100, 100, 3, false", // 3 %
        "100, 100, 10, true",
        "50000, 1000, 30, false",
        "50000, 1000, 100, true",
        "20, 20, 2, false", // too few to tell from chance
        "20, 20, 3, true",
        "1000, 1000, 0, false",
        "0, 1000, 0, false"
    })
    void isCopy_complete_isATenthOfTheSmallerAndNotAFewInAHundred(int first, int second, int shared, boolean copy) {
        Overlap overlap = sketch(0, first, 1 << 20).with(sketch(first - shared, first - shared + second, 1 << 20));
        assertThat(overlap).isEqualTo(new Overlap(Math.min(first, second), shared, 1));
        assertThat(overlap.isCopy()).isEqualTo(copy);
    }

    @Test
    void sketch_thatCannotBe_isRefused() {
        assertThatThrownBy(() -> new Sketch(new long[] {1, 1}, true)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Sketch(new long[0], false)).isInstanceOf(IllegalArgumentException.class);
    }
}
