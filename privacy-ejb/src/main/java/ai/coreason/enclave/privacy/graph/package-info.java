/**
 * The declarative architecture {@code coreason.graph/v1}: what a model computes, which operators are admitted, the shapes
 * and parameters that follow, and the weights that fit. Nothing here executes code from outside.
 */
package ai.coreason.enclave.privacy.graph;
