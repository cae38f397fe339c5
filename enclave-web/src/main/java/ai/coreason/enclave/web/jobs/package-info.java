/** Jobs as Foundry sees them: submitting, following, cancelling, taking the model away. */
package ai.coreason.enclave.web.jobs;
