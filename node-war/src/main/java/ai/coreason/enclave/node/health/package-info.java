/** What the server answers to whoever watches it: alive, and ready when enrolled with a database that answers. */
package ai.coreason.enclave.node.health;
