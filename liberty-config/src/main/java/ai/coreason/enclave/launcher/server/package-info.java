/** One Open Liberty server as files and as a process: written, started, watched until it is ready, stopped. */
package ai.coreason.enclave.launcher.server;
