/**
 * The budget ledger: what each data owner's dataset has paid for, reserved before training, charged with the attempt and
 * halted before the ceiling. The node's copy is the authority; the Overseer keeps a mirror of the same rows.
 */
package ai.coreason.enclave.privacy.ledger;
