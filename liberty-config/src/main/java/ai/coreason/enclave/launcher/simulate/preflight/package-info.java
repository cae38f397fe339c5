/** What is checked before any server of a simulation starts: the job, the data, and whether they fit; all faults at once. */
package ai.coreason.enclave.launcher.simulate.preflight;
