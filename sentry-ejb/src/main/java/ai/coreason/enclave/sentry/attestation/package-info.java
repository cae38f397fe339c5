/** The judgement of evidence: what a node's quote is bound to, and whether it is trusted. */
package ai.coreason.enclave.sentry.attestation;
