/**
 * What private training costs: accountants of the Poisson-subsampled Gaussian mechanism under add/remove adjacency, by
 * Rényi differential privacy and by privacy loss distributions, noise calibration and the filter that guards a ceiling.
 *
 * <p>Figures are the same doubles on every machine and JDK, as two parties compare theirs: transcendental functions are those
 * of {@link StrictMath}, and sums have a fixed order.
 */
package ai.coreason.enclave.privacy.accounting;
