/** What confidential hardware this machine shows, told before a node is started. */
package ai.coreason.enclave.launcher.hardware;
