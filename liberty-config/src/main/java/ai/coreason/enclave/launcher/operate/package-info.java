/** Running an Overseer or a node for real: started in the foreground or on its own, looked at, stopped. */
package ai.coreason.enclave.launcher.operate;
