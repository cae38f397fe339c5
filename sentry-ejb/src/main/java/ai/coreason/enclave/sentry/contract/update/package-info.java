/** An update: what a node says of it, the sealed bytes, and the envelope that brings both to the Overseer with evidence. */
package ai.coreason.enclave.sentry.contract.update;
