/** Documents that makers of hardware serve: fetched within bounds, asked for again after a wait, and kept on a shelf. */
package ai.coreason.enclave.sentry.attestation.http;
