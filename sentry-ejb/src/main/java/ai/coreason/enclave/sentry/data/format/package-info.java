/** Readers of records, one for each form in which files come. */
package ai.coreason.enclave.sentry.data.format;
