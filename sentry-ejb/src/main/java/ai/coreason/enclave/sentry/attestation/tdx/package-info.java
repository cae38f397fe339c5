/** The judgement of Intel TDX quotes. */
package ai.coreason.enclave.sentry.attestation.tdx;
