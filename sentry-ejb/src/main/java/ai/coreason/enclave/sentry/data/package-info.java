/** A site's data dictionary: which sources it has, how each is written, and what its owner registered. */
package ai.coreason.enclave.sentry.data;
