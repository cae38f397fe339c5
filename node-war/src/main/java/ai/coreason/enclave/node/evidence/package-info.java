/** How the node proves what it runs: the evidence port, the hardware it binds to, and the manifest of its own code. */
package ai.coreason.enclave.node.evidence;
