/** The Overseer as a node sees it: whom it trusts there, what it asks, and when it asks again. */
package ai.coreason.enclave.node.overseer;
