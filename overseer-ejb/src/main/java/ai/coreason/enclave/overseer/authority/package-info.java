/** The federation's own certificate authority. */
package ai.coreason.enclave.overseer.authority;
