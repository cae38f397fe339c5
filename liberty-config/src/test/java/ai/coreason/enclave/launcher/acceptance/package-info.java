/** Whole federations of separate servers on this machine, started as a user starts them, and judged by their results. */
package ai.coreason.enclave.launcher.acceptance;
