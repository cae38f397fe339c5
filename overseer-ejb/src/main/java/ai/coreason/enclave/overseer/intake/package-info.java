/** How updates come in: inspection at the door, the queue that carries the claim checks, the listener that admits. */
package ai.coreason.enclave.overseer.intake;
