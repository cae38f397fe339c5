/** Evidence and what judges it as files of a folder: what is there, what is missing, and what was not used. */
package ai.coreason.enclave.sentry.attestation.folder;
