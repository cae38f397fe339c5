/** Figures for operators: how the Overseer and its process are doing. */
package ai.coreason.enclave.web.metrics;
