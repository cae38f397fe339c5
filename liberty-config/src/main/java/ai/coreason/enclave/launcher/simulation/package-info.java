/** A whole federation on one machine: its keys, its data, its servers, one job, and the report at the end. */
package ai.coreason.enclave.launcher.simulation;
