/** The Veritas log: what crossed a boundary, append-only and chained by hash. */
package ai.coreason.enclave.sentry.audit;
