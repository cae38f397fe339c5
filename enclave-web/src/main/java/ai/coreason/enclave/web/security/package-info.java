/** Who calls: a node by mutual TLS and the one certificate that is valid for it now, a user by an access token. */
package ai.coreason.enclave.web.security;
