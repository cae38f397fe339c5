package ai.coreason.enclave.overseer.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import javax.sql.XAConnection;
import javax.transaction.xa.XAResource;
import javax.transaction.xa.Xid;
import org.apache.derby.jdbc.EmbeddedDataSource;
import org.apache.derby.jdbc.EmbeddedXADataSource;
import org.junit.jupiter.api.Test;

class InDoubtTest {
    private final String name = "memory:" + UUID.randomUUID();

    private record Id(int getFormatId, byte[] getGlobalTransactionId, byte[] getBranchQualifier) implements Xid {}

    @Test
    void awaitEnd_preparedBranch_waitsUntilItIsEnded() throws Exception {
        EmbeddedXADataSource branches = new EmbeddedXADataSource();
        branches.setDatabaseName(name);
        branches.setCreateDatabase("create");
        EmbeddedDataSource database = new EmbeddedDataSource();
        database.setDatabaseName(name);
        XAConnection connection = branches.getXAConnection();
        try (Connection plain = connection.getConnection()) {
            plain.createStatement().execute("create table thing (id int)");
        }
        XAResource branch = connection.getXAResource();
        Xid id = new Id(1, new byte[] {1}, new byte[] {2});
        branch.start(id, XAResource.TMNOFLAGS);
        connection.getConnection().createStatement().execute("insert into thing values (1)");
        branch.end(id, XAResource.TMSUCCESS);
        branch.prepare(id);

        CompletableFuture<Void> waits = CompletableFuture.runAsync(() -> {
            try {
                new InDoubt(database).awaitEnd();
            } catch (java.sql.SQLException e) {
                throw new IllegalStateException(e);
            }
        });

        assertThat(waits).isNotDone();
        assertThat(new InDoubt(database).count()).isEqualTo(1);
        branch.commit(id, false);
        waits.get(60, TimeUnit.SECONDS);
        assertThat(new InDoubt(database).count()).isZero();
    }
}
