/** What every room uses and that knows nothing of the field. */
package ai.coreason.enclave.base;
