/** Hostile requests to a running Overseer: from users without the right, from nodes that lie, from nobody in particular. */
package ai.coreason.enclave.launcher.hostile;
