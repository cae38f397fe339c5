/** Which node calls: mutual TLS and the one certificate that is valid for it now. */
package ai.coreason.enclave.web.security;
