package ai.coreason.enclave.overseer.retention;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class EachAloneTest {
    private static final Logger LOG = Logger.getLogger(EachAlone.class.getName());

    private final EachAlone each = new EachAlone();
    private final List<String> done = new ArrayList<>();
    private final List<String> told = new ArrayList<>();
    private final Handler heard = new Handler() {
        @Override
        public void publish(LogRecord record) {
            told.add(record.getMessage());
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    };

    @BeforeEach
    void listen() {
        LOG.addHandler(heard);
        LOG.setUseParentHandlers(false);
    }

    @AfterEach
    void stop() {
        LOG.removeHandler(heard);
        LOG.setUseParentHandlers(true);
    }

    private List<String> run(String bad) {
        return each.of("update", List.of("a", "b", "c"), thing -> {
            if (thing.equals(bad)) {
                throw new IOException("damaged");
            }
            done.add(thing);
        });
    }

    @Test
    void of_oneFails_doesTheOthersAndTellsOnce() {
        assertThat(run("b")).containsExactly("b");
        assertThat(run("b")).containsExactly("b");

        assertThat(done).containsExactly("a", "c", "a", "c");
        assertThat(told).containsExactly("retention.failed what=update of=b");
    }

    @Test
    void of_failsAgainAfterItWentWell_isToldAgain() {
        run("b");
        run("");
        run("b");

        assertThat(told).hasSize(2);
    }

    @Test
    void step_fails_isToldOnceAndSaysSo() {
        for (int i = 0; i < 2; i++) {
            assertThat(each.step("models", () -> {
                        throw new IllegalStateException("no folder");
                    }))
                    .isFalse();
        }

        assertThat(each.step("evidence", () -> {})).isTrue();
        assertThat(told).containsExactly("retention.failed what=step-models of=models");
    }
}
