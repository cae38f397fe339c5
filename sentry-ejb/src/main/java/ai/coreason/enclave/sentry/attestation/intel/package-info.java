/**
 * What Intel's SGX and TDX evidence have in common: quotes, PCK certificates, collateral and its evaluation, as Intel's
 * Quote Verification Library judges them.
 */
package ai.coreason.enclave.sentry.attestation.intel;
