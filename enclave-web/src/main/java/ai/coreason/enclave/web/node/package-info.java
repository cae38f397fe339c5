/** What nodes call: enrolment, tasks, models, uploads, ledger rows. */
package ai.coreason.enclave.web.node;
