/** The node's conversation with the Overseer: identity, enrolment, calls with retries, and the loop that takes tasks. */
package ai.coreason.enclave.node.agent;
