/** Whether the Overseer is alive and can do its work. */
package ai.coreason.enclave.web.health;
