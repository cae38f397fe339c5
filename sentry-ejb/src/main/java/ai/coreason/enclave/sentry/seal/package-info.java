/** Sealing of what travels: HPKE to one recipient, who alone can open it and notices any change. */
package ai.coreason.enclave.sentry.seal;
