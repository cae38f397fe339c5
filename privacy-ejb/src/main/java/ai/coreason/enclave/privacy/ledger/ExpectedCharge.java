package ai.coreason.enclave.privacy.ledger;

import ai.coreason.enclave.base.InvalidDocument;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The charge that a task leads to, as whoever gave the task knows it. A row is held against it as a whole: the row that would
 * have been right is made of it, and both are compared member by member, so that no member is left out, however many there are.
 * What only the node's ledger can say is the row's own: its place, its time, its figures, hash and signature. Pure.
 *
 * @param dataset the registration of the dataset that is to pay
 * @param request what the node was to ask its ledger for
 */
public record ExpectedCharge(Dataset dataset, ChargeRequest request) {
    /**
     * Where a row that came with an update is another charge.
     *
     * @param path where the row stands in its document, for the messages
     * @return one sentence a member that differs: what was expected and what came
     */
    public List<String> differencesOfUpdate(String path, ChargeRow row) {
        return differences(path, row, request.phase().isPresent() ? ChargeState.COMMITTED : ChargeState.UNPROTECTED);
    }

    /**
     * Where a row that came by itself is another charge. Its attempt may have ended in any way, and it may stand for one of a
     * branch that a recovery gave up.
     *
     * @param path where the row stands in its document, for the messages
     * @return one sentence a member that differs: what was expected and what came
     */
    public List<String> differences(String path, ChargeRow row) {
        ChargeState state = row.state();
        if (request.phase().isEmpty()) {
            state = ChargeState.UNPROTECTED;
        } else if (state == ChargeState.UNPROTECTED) {
            state = ChargeState.RESERVED;
        }
        return differences(path, row.recoveredFrom(), row, state);
    }

    private List<String> differences(String path, ChargeRow row, ChargeState state) {
        return differences(path, Optional.empty(), row, state);
    }

    private List<String> differences(String path, Optional<String> recoveredFrom, ChargeRow row, ChargeState state) {
        ObjectNode came = row.json();
        ObjectNode expected = new ChargeRow(
                        row.sequence(),
                        row.time(),
                        dataset,
                        request,
                        row.spending(),
                        recoveredFrom,
                        row.previousHash(),
                        row.hash(),
                        state,
                        row.signature())
                .json();
        List<String> out = new ArrayList<>();
        expected.properties().forEach(member -> {
            if (!member.getValue().equals(came.get(member.getKey()))) {
                String name = path + "." + member.getKey();
                out.add(InvalidDocument.at(name, member.getValue().toString(), came.get(member.getKey()))
                        .getMessage());
            }
        });
        return out;
    }
}
