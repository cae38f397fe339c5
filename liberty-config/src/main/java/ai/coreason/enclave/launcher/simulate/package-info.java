/** A whole federation on one machine: an Overseer and its nodes, one job, its results. */
package ai.coreason.enclave.launcher.simulate;
