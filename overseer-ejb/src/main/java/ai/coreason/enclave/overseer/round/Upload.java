package ai.coreason.enclave.overseer.round;

/**
 * An update that the door has opened and let through the airlock, under the limit of its node's plan. Whoever notes one vouches
 * for that of just these bytes: no one opens them again before they are aggregated.
 *
 * @param sealedDigest SHA-256 of its sealed bytes, by which it is known: the evidence around them differs from one sending
 *     to the next
 * @param envelopeDigest SHA-256 of the envelope, by which the vault has it
 * @param bytes size of the envelope
 */
public record Upload(String sealedDigest, String envelopeDigest, long bytes) {}
