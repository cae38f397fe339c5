/** How well models do on public records that the operator keeps here: forward passes only, which cost no privacy. */
package ai.coreason.enclave.overseer.evaluation;
