/** The operators that a model may be made of, one class each, and what they are written with: shapes, operands, and the tape. */
package ai.coreason.enclave.privacy.graph.operator;
