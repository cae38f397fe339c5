/** Rounds: the tasks handed out, the contributions that come back, quorum, deadline and closing. */
package ai.coreason.enclave.overseer.round;
