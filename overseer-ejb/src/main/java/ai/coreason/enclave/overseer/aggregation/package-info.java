/** From admitted updates to the next model: one rule a strategy, pure and with a fixed order of summation. */
package ai.coreason.enclave.overseer.aggregation;
