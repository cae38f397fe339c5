/** The judgement of Intel SGX quotes. */
package ai.coreason.enclave.sentry.attestation.sgx;
