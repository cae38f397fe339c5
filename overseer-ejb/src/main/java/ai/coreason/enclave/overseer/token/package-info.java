/** Which user tokens count. */
package ai.coreason.enclave.overseer.token;
