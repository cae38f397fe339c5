package ai.coreason.enclave.web.gate;

import ai.coreason.enclave.overseer.enrolment.Standing;
import ai.coreason.enclave.overseer.token.TokenVerdict;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.Optional;

/**
 * Who calls, as far as the gate has to know. Pure.
 *
 * @param name under which the caller's share of a pool is kept
 * @param stranger whether the caller has shown nothing that is good now
 */
record GateCaller(String name, boolean stranger) {
    private static final int NETWORK_BYTES = 8;

    /**
     * A node by its id, also in quarantine; else a user by the token's subject; else a stranger by address. A certificate that
     * was revoked or replaced is none.
     *
     * @param node what the bearer of the certificate is; empty where none was shown
     * @param token the verdict on the token; empty where none was shown
     */
    static GateCaller of(Optional<Standing> node, Optional<TokenVerdict> token, String address) {
        if (node.isPresent() && node.get() instanceof Standing.Member member) {
            return new GateCaller("node " + member.nodeId(), false);
        }
        if (node.isPresent() && node.get() instanceof Standing.Quarantined out) {
            return new GateCaller("node " + out.nodeId(), false);
        }
        if (token.isPresent() && token.get() instanceof TokenVerdict.Accepted accepted) {
            return new GateCaller("user " + accepted.user().subject(), false);
        }
        return new GateCaller("address " + network(address), true);
    }

    /** An address of version 4, or the first half of one of version 6, as its holder has all of the other half. */
    private static String network(String address) {
        if (address.indexOf(':') < 0) {
            return address;
        }
        try {
            byte[] bytes = InetAddress.getByName(address).getAddress();
            return bytes.length > 2 * NETWORK_BYTES - 1
                    ? Arrays.toString(Arrays.copyOf(bytes, NETWORK_BYTES))
                    : InetAddress.getByAddress(bytes).getHostAddress();
        } catch (UnknownHostException e) { // with the name of a network interface that is not here
            return address;
        }
    }
}
