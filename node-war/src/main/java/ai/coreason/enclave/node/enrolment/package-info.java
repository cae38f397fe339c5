/** How a node joins: its one-time token, then a certificate for keys that its evidence vouches for. */
package ai.coreason.enclave.node.enrolment;
