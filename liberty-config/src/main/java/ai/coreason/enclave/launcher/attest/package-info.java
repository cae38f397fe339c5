/** {@code enclave attest}: hardware evidence judged by hand, and launch digests foretold. */
package ai.coreason.enclave.launcher.attest;
