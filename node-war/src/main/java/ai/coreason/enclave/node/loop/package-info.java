/** What a node does all day: asks for a task, takes it, and asks again. */
package ai.coreason.enclave.node.loop;
