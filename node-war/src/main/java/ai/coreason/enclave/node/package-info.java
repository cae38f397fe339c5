/** The node's composition root: reads the configuration, builds the rooms, starts and stops the task loop. */
package ai.coreason.enclave.node;
