/** What may leave a node and enter the Overseer: tensors that fit the job's graph, and nothing else. */
package ai.coreason.enclave.sentry.airlock;
