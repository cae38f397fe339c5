/** What auditors export: the ledger and the audit log. */
package ai.coreason.enclave.web.ledger;
