/** What happens when the Overseer starts. */
package ai.coreason.enclave.overseer.lifecycle;
