package ai.coreason.enclave.privacy.ledger;

import ai.coreason.enclave.base.AttemptKey;
import ai.coreason.enclave.privacy.accounting.Phase;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Optional;
import java.util.Random;

/**
 * A server process of a node, reduced to its ledger: it says READY, waits for a line, and reserves. In mode {@code random}
 * it then commits or not, at random; in mode {@code hang} it waits between reservation and commit until it is killed.
 */
final class LedgerProcess {
    static final Dataset HEART = new Dataset("owner_va", "heart", PrivacyUnit.RECORD, 85, 1e-3, 5.0, false);
    static final Phase ROUND = new Phase(16.0 / 85, 4.0, 3);
    static final double LIMIT = 1.8;

    private LedgerProcess() {}

    /** Arguments: driver, folder of the keys, mode, first round, attempts. The database's address is in the environment. */
    public static void main(String[] args) throws Exception {
        Path keys = Path.of(args[1]);
        RowSigner signer = LedgerAuthority.signer(keys);
        LedgerGuard guard = guard(keys);
        long first = Long.parseLong(args[3]);
        Random random = new Random(first);
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        try (LedgerDatabase database = new LedgerDatabase(System.getenv("LEDGER_URL"), args[0])) {
            database.inTransaction(em -> new LedgerBook(em, Clock.systemUTC(), guard).accounts());
            System.out.println("READY");
            in.readLine();
            for (long round = first; round < first + Long.parseLong(args[4]); round++) {
                AttemptKey key = new AttemptKey("job", round, 1);
                BudgetDecision decision = database.inTransaction(
                        em -> new LedgerBook(em, Clock.systemUTC(), guard).reserve(request(key), signer));
                System.out.println(decision.getClass().getSimpleName());
                if (args[2].equals("hang")) {
                    in.readLine();
                }
                if (decision instanceof BudgetDecision.Reserved) {
                    end(database, guard, key, random.nextInt(3));
                }
            }
        }
    }

    private static void end(LedgerDatabase database, LedgerGuard guard, AttemptKey key, int how) {
        database.inTransaction(em -> {
            LedgerBook book = new LedgerBook(em, Clock.systemUTC(), guard);
            if (how == 0) {
                book.commit("heart", key);
            } else if (how == 1) {
                book.expire("heart", key);
            }
            return null;
        });
    }

    static LedgerGuard guard(Path keys) throws Exception {
        LedgerGuard guard = new LedgerGuard();
        guard.trust(LedgerAuthority.trust(keys));
        guard.countersigned("heart");
        return guard;
    }

    private static ChargeRequest request(AttemptKey key) {
        return new ChargeRequest(
                "heart",
                key,
                "a".repeat(64),
                "node_va",
                Optional.of(ROUND),
                1.0,
                16,
                LIMIT,
                1e-3,
                "b".repeat(64),
                "c".repeat(64));
    }
}
