/** What operators have stopped: nodes, certificates, users' tokens, jobs, or the federation as a whole. */
package ai.coreason.enclave.overseer.stop;
