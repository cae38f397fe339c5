package ai.coreason.enclave.privacy.accounting;

import ai.coreason.enclave.privacy.accounting.RealFft.Spectrum;

/**
 * The distribution of the privacy loss of a phase, rounded to the nearest multiple of an interval: neither an upper nor a lower
 * bound, for comparing with figures that are. Losses beyond ±16 wrap around.
 */
final class LossMasses {
    static final double INTERVAL = 5e-4;
    static final int SIZE = 1 << 16;

    private static final RealFft FFT = new RealFft(SIZE);

    private LossMasses() {}

    /**
     * Masses under the first of the pair, that of loss k·INTERVAL at index k modulo the size.
     *
     * @param removed whether the unit is there (and its removal is asked), or the other way round
     */
    static double[] of(Phase phase, boolean removed) {
        Spectrum one = FFT.forward(step(phase, removed));
        double[] re = new double[one.re().length];
        double[] im = new double[re.length];
        for (int k = 0; k < re.length; k++) {
            double size = Math.pow(Math.hypot(one.re()[k], one.im()[k]), phase.steps());
            double angle = Math.atan2(one.im()[k], one.re()[k]) * phase.steps();
            re[k] = size * Math.cos(angle);
            im[k] = size * Math.sin(angle);
        }
        return FFT.inverse(new Spectrum(re, im));
    }

    /** The signed place of an index. */
    static int place(int index) {
        return index < SIZE / 2 ? index : index - SIZE;
    }

    /** δ(y) = E[(1 - exp(y - loss))+] for y = place·INTERVAL, by place + SIZE/2. */
    static double[] deltas(double[] masses) {
        double[] deltas = new double[SIZE];
        double above = 0;
        double weighted = 0;
        for (int at = SIZE - 1; at >= 0; at--) {
            int place = at - SIZE / 2;
            deltas[at] = Math.max(0, above - Math.exp(place * INTERVAL) * weighted);
            double mass = Math.max(0, masses[Math.floorMod(place, SIZE)]);
            above += mass;
            weighted += mass * Math.exp(-place * INTERVAL);
        }
        return deltas;
    }

    private static double[] step(Phase phase, boolean removed) {
        double[] masses = new double[SIZE];
        double q = phase.samplingRate();
        double sigma = phase.noiseMultiplier();
        double last = removed ? mixture(Double.NEGATIVE_INFINITY, q, sigma) : 1;
        for (int place = -SIZE / 2; place < SIZE / 2; place++) {
            double x = point((place + 0.5) * INTERVAL, q, sigma);
            double above = removed ? mixture(x, q, sigma) : NormalTail.above(clamped(x / sigma));
            masses[Math.floorMod(removed ? place : -place, SIZE)] += last - above;
            last = above;
        }
        return masses;
    }

    /** Where the loss is that of the unit's presence, on the axis of the noised sum. */
    private static double point(double loss, double q, double sigma) {
        double factor = (Math.exp(loss) - 1 + q) / q;
        return factor <= 0 ? Double.NEGATIVE_INFINITY : sigma * sigma * Math.log(factor) + 0.5;
    }

    private static double mixture(double x, double q, double sigma) {
        return (1 - q) * NormalTail.above(clamped(x / sigma)) + q * NormalTail.above(clamped((x - 1) / sigma));
    }

    private static double clamped(double z) {
        return Math.max(-38, Math.min(38, z));
    }
}
