/** Noise and sampling: keys, streams of random bits, and the distributions on their grid. */
package ai.coreason.enclave.privacy.noise;
