package ai.coreason.enclave.overseer.enrolment;

/**
 * The enrolment under which a node calls: what the evidence of an update must name beside the update itself.
 *
 * @param epoch the number of the enrolment
 * @param tlsSpkiSha384 lower-case hex SHA-384 over the DER SubjectPublicKeyInfo of the node's certificate
 */
public record NodeSession(long epoch, String tlsSpkiSha384) {}
