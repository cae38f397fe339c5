/** The federation as its operators see it: nodes and their enrolment tokens. */
package ai.coreason.enclave.web.federation;
