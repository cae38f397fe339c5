/** Computes the launch digest to expect of an SEV-SNP guest from what it boots, so that a policy can name it before it runs. */
package ai.coreason.enclave.sentry.attestation.snp.measure;
