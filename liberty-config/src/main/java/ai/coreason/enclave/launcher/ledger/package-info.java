/** The ledger from the command line: exports, their verification, and the recovery of a node's ledger that is held. */
package ai.coreason.enclave.launcher.ledger;
