/** The data dictionary that an owner writes, and the check of local data against it. */
package ai.coreason.enclave.sentry.data.schema;
