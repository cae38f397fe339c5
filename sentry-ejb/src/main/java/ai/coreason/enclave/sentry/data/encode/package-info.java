/** From records to a model's inputs and labels, the same for training and for a hold-out. */
package ai.coreason.enclave.sentry.data.encode;
