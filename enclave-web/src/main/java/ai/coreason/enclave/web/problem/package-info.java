/** Errors as application/problem+json (RFC 9457), and JSON bodies in and out. */
package ai.coreason.enclave.web.problem;
