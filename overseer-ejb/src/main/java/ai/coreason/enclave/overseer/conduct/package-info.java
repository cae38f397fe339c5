/** Who drives rounds, and closes them with a model. */
package ai.coreason.enclave.overseer.conduct;
