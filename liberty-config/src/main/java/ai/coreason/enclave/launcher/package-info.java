/** The command line: what a person types to simulate a federation, or to run an Overseer or a node. */
package ai.coreason.enclave.launcher;
