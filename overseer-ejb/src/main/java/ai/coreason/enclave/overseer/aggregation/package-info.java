/** From admitted updates to the next model: the averaging rules, pure and with a fixed order of summation. */
package ai.coreason.enclave.overseer.aggregation;
