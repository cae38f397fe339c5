package ai.coreason.enclave.node.loop;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class ParentWatchTest {
    @Test
    @Timeout(value = 60, unit = TimeUnit.SECONDS)
    void watch_processEnds_isTold() throws Exception {
        Process parent = new ProcessBuilder("cat").start();
        CountDownLatch told = new CountDownLatch(1);
        ParentWatch.watch(parent.pid(), told::countDown);

        parent.getOutputStream().close();

        told.await();
    }

    @Test
    void watch_processNotThere_isToldAtOnce() throws Exception {
        Process ended = new ProcessBuilder("true").start();
        ended.waitFor();
        CountDownLatch told = new CountDownLatch(1);

        ParentWatch.watch(ended.pid(), told::countDown);

        told.await();
    }
}
