/** {@code enclave privacy}: what training would cost, and the noise that keeps it within a target. */
package ai.coreason.enclave.launcher.privacy;
