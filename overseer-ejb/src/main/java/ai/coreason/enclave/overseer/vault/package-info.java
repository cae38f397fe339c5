/** What the Overseer keeps in files: sealed updates, models and the secret that job keys derive from. */
package ai.coreason.enclave.overseer.vault;
