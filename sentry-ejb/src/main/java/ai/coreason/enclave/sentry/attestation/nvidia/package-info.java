/** The judgement of NVIDIA evidence: a device's SPDM report and chain, and the reference manifests that it is held against. */
package ai.coreason.enclave.sentry.attestation.nvidia;
