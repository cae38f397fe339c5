/** One Liberty server as files and as a process: its layout, its ports, its start, readiness and stop. */
package ai.coreason.enclave.launcher.server;
