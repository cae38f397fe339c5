/**
 * From admitted updates to the next model: the averaging rules, pure and with a fixed order of summation, and the conductor
 * that closes rounds with them.
 */
package ai.coreason.enclave.overseer.aggregation;
