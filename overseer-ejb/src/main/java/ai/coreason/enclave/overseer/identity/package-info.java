/** Who may speak in a federation: its certificate authority, and the embedded issuer of user tokens for simulations. */
package ai.coreason.enclave.overseer.identity;
