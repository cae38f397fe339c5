/** What is destroyed, and when: sealing keys, updates, evidence, secrets that are used up. */
package ai.coreason.enclave.overseer.retention;
