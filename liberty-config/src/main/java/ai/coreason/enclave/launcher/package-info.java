/** The {@code enclave} command: its root and what every subcommand shares. */
package ai.coreason.enclave.launcher;
