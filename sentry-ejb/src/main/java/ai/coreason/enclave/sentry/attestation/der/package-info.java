/** DER as it has to be (X.690), and the forms in which lists of revoked certificates come. */
package ai.coreason.enclave.sentry.attestation.der;
