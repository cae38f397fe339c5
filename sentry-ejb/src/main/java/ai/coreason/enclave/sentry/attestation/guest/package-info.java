/** What a confidential guest asks its hardware for: quotes over given bytes, by the interfaces that Linux has for it. */
package ai.coreason.enclave.sentry.attestation.guest;
