/** One task from the check of its plan to the sealed update in the outbox, and what it leaves in the database. */
package ai.coreason.enclave.node.training;
