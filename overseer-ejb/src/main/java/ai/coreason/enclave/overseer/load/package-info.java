/** What may go on at a time: shares of the heap for models, and one call of a kind a node. */
package ai.coreason.enclave.overseer.load;
