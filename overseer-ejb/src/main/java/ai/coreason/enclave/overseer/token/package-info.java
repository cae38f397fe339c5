/** User tokens: which are believed, whom they name, and whose keys they are verified with. */
package ai.coreason.enclave.overseer.token;
