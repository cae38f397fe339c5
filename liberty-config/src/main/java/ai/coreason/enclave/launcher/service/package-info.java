/** Servers that run on their own: the commands that start, stop and inspect one Overseer or one node, and issue tokens. */
package ai.coreason.enclave.launcher.service;
