/** Exports of ledgers for auditors, and the verifier that recomputes them without trusting whoever exported them. */
package ai.coreason.enclave.privacy.ledger.audit;
