/** Who takes part: enrolment by one-time tokens and evidence, the registry of nodes, and their quarantine. */
package ai.coreason.enclave.overseer.enrolment;
