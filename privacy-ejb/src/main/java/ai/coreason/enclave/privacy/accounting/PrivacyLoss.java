package ai.coreason.enclave.privacy.accounting;

/**
 * An upper bound on privacy loss, with what an auditor needs to recompute it. Immutable.
 *
 * @param epsilon the bound ε at {@code delta}; never negative
 * @param delta the δ of the bound, in (0, 1)
 * @param accountant name of the method: {@code RDP} or {@code PLD}
 * @param version version of the method, followed by {@code +} and the grid where it used one; a figure can differ between
 *     versions, but for rounding never between runs
 * @param order the Rényi order that gave the bound; 1 where the Kullback-Leibler divergence shows that ε is 0; {@code NaN}
 *     where the method has no order or nothing was spent
 */
public record PrivacyLoss(double epsilon, double delta, String accountant, String version, double order) {}
