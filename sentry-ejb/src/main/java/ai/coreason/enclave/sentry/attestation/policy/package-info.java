/** What is demanded of hardware evidence of every kind, and the one door to the verifiers. */
package ai.coreason.enclave.sentry.attestation.policy;
