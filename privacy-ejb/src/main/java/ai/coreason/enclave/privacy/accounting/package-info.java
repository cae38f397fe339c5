/**
 * What private training costs: accountants of the Poisson-subsampled Gaussian mechanism under add/remove adjacency, by
 * Rényi differential privacy and by privacy loss distributions, noise calibration and the filter that guards a ceiling.
 */
package ai.coreason.enclave.privacy.accounting;
