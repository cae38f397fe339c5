/** Tensors on the wire and on disk: safetensors. */
package ai.coreason.enclave.sentry.tensor;
