/**
 * The judgement of AMD SEV-SNP attestation reports: bytes, certificates, signature chain, policy, and the folders that
 * evidence comes in.
 */
package ai.coreason.enclave.sentry.attestation.snp;
