/**
 * Differentially private training (Abadi et al. 2016): every example's gradient is clipped on its own, their sum is
 * noised with cryptographic randomness, and only then does it touch the weights. The arithmetic runs in libtorch through
 * DJL, in a program that is generated here from an admitted graph.
 */
package ai.coreason.enclave.privacy.dpsgd;
