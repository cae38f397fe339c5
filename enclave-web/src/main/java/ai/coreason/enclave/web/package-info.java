/** The Overseer's REST API under /api/v1; one package per feature. */
package ai.coreason.enclave.web;
