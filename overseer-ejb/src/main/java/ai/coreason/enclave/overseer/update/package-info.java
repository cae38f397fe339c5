/** An update on its way in: received at the door, queued as a claim check, appraised, and settled. */
package ai.coreason.enclave.overseer.update;
