/** What the Overseer believes: trust policies, hardware judgements, and its own evidence. */
package ai.coreason.enclave.overseer.trust;
