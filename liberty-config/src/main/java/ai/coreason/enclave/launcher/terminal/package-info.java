/** What the {@code enclave} command says to whoever called it: exit codes, and text that shows what does not print. */
package ai.coreason.enclave.launcher.terminal;
