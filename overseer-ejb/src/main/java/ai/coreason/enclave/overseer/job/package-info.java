/** Jobs: admission against the nodes' budgets, the job's state machine, what each node takes part with. */
package ai.coreason.enclave.overseer.job;
