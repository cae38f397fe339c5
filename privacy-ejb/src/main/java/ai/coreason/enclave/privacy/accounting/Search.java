package ai.coreason.enclave.privacy.accounting;

import java.util.function.DoubleUnaryOperator;
import java.util.function.LongToDoubleFunction;

/**
 * Searches for the edge of a limit, shared by the accountants. The functions give ε over the limit: up to 1 holds. What is
 * returned has been seen to hold, and its neighbour not to. False position on logarithms, after Illinois (Dowell, Jarratt
 * 1971), with a bisection now and then.
 */
final class Search {
    private static final double TOLERANCE = StrictMath.log1p(1e-6);

    private Search() {}

    /**
     * The largest n that holds, where holding for n means holding for less.
     *
     * @param start a number that is known to hold; 0 always does
     * @param atMost the largest number of interest
     */
    static long largest(long start, long atMost, LongToDoubleFunction usage) {
        long low = start;
        double atLow = 1;
        double factor = 1.25;
        while (low < atMost) {
            long high = (long) Math.min(atMost, Math.max(low + 1, low * factor));
            double atHigh = usage.applyAsDouble(high);
            if (!(atHigh <= 1)) {
                return largest(low, atLow, high, atHigh, usage);
            }
            low = high;
            atLow = atHigh;
            factor = Math.min(factor * factor, 1e3);
        }
        return low;
    }

    private static long largest(long holds, double atHolds, long fails, double atFails, LongToDoubleFunction usage) {
        long low = holds;
        long high = fails;
        Bracket bracket = new Bracket(StrictMath.log(low), excess(atHolds), StrictMath.log(high), excess(atFails));
        while (high - low > 1) {
            long n = Math.max(low + 1, Math.min(high - 1, Math.round(StrictMath.exp(bracket.next()))));
            double value = usage.applyAsDouble(n);
            if (value <= 1) {
                low = n;
                bracket.low(StrictMath.log(n), excess(value));
            } else {
                high = n;
                bracket.high(StrictMath.log(n), excess(value));
            }
        }
        return low;
    }

    /**
     * The least noise that holds, to a relative 1e-6 from above, where holding for σ means holding for more.
     *
     * @param floor the answer where even this noise holds
     * @param start where to begin
     */
    static double leastNoise(double floor, double start, DoubleUnaryOperator usage) {
        double high = Math.max(start, floor);
        double atHigh = usage.applyAsDouble(high);
        double low = high;
        double atLow = atHigh;
        while (atHigh > 1) {
            low = high;
            atLow = atHigh;
            high *= 2;
            atHigh = usage.applyAsDouble(high);
        }
        while (atLow <= 1) {
            if (low == floor) {
                return floor;
            }
            high = low;
            atHigh = atLow;
            low = Math.max(floor, low * Math.max(0.8, Math.min(0.99, atLow)));
            atLow = usage.applyAsDouble(low);
        }
        Bracket bracket = new Bracket(-StrictMath.log(high), excess(atHigh), -StrictMath.log(low), excess(atLow));
        double best = high;
        while (bracket.width() > TOLERANCE) {
            double point = bracket.next();
            double sigma = StrictMath.exp(-point);
            double value = usage.applyAsDouble(sigma);
            if (value <= 1) {
                best = sigma;
                bracket.low(point, excess(value));
            } else {
                bracket.high(point, excess(value));
            }
        }
        return best;
    }

    private static double excess(double usage) {
        return Math.max(-2, Math.min(2, StrictMath.log(usage)));
    }

    /** An interval with a holding lower end and an upper end that does not hold. */
    private static final class Bracket {
        private double low;
        private double atLow;
        private double high;
        private double atHigh;
        private int sameSide;
        private int count;

        Bracket(double low, double atLow, double high, double atHigh) {
            this.low = low;
            this.atLow = atLow;
            this.high = high;
            this.atHigh = atHigh;
        }

        double width() {
            return high - low;
        }

        /** A point inside, a little to the side of the end that has not moved. */
        double next() {
            if (++count % 4 == 0 || atHigh == atLow) {
                return (low + high) / 2;
            }
            double root = low - atLow * (high - low) / (atHigh - atLow);
            double nudge = Math.min(TOLERANCE, width() / 4);
            double point = sameSide > 0 ? root + 0.4 * nudge : root - 0.4 * nudge;
            return Math.max(low + nudge / 5, Math.min(high - nudge / 5, point));
        }

        void low(double point, double value) {
            low = point;
            atLow = value;
            sameSide = sameSide > 0 ? sameSide + 1 : 1;
            if (sameSide > 1) {
                atHigh /= 2;
            }
        }

        void high(double point, double value) {
            high = point;
            atHigh = value;
            sameSide = sameSide < 0 ? sameSide - 1 : -1;
            if (sameSide < -1) {
                atLow /= 2;
            }
        }
    }
}
