/** Where certificates and collateral come from that evidence did not bring: a site's folder, and the makers' services. */
package ai.coreason.enclave.sentry.attestation.collateral;
