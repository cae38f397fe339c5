package ai.coreason.enclave.launcher.synthetic;

/**
 * One measured feature of a patient: a number around its mean that rises with frailty, or a condition that is there or
 * not.
 *
 * @param name the column
 * @param binary whether it is 0 or 1
 * @param minimum public lower bound; values are cut off there
 * @param maximum public upper bound
 * @param mean population mean; of a condition the log-odds at average frailty
 * @param spread population standard deviation; of a condition the log-odds that one unit of frailty adds
 * @param risk what one standard deviation, or the condition, adds to the outcome's log-odds
 */
record Factor(String name, boolean binary, double minimum, double maximum, double mean, double spread, double risk) {
    /** Share of frailty in a number's variation; the rest is its own. */
    private static final double LOADING = 0.6;

    private static final double OWN = 0.8;

    static Factor number(String name, double minimum, double maximum, double mean, double spread, double risk) {
        return new Factor(name, false, minimum, maximum, mean, spread, risk);
    }

    static Factor condition(String name, double logOdds, double perFrailty, double risk) {
        return new Factor(name, true, 0, 1, logOdds, perFrailty, risk);
    }

    /**
     * A patient's value, within the bounds and rounded to one decimal.
     *
     * @param shift the site's own offset, in the column's unit; for a condition in log-odds
     * @param draw the patient's own part: standard normal for a number, uniform in [0, 1) for a condition
     */
    double value(double frailty, double shift, double draw) {
        if (binary) {
            return draw < SyntheticHospitals.probability(mean + shift + spread * frailty) ? 1 : 0;
        }
        double raw = mean + shift + spread * (LOADING * frailty + OWN * draw);
        return Math.round(Math.min(maximum, Math.max(minimum, raw)) * 10) / 10.0;
    }

    /** What a value adds to the outcome's log-odds. */
    double logOdds(double value) {
        return binary ? risk * value : risk * (value - mean) / spread;
    }
}
