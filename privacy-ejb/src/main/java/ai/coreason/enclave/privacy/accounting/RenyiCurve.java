package ai.coreason.enclave.privacy.accounting;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The Rényi divergence of a composition as a function of the order. What was computed of the mechanisms used last is kept, so that
 * a composition that grew by a phase costs little more than that phase. Thread-safe.
 */
final class RenyiCurve {
    /** Number of orders on the grid; order i is 1 + exp((i - 140) / 10), from 1 + 8e-7 to 4e8. */
    static final int GRID_SIZE = 340;

    private static final double SPACING = 0.1;
    private static final int FIRST = -140;

    private static final int MOST_KEPT = 4096;
    private static final Map<SubsampledGaussian, Divergences> KEPT = new LinkedHashMap<>(512, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<SubsampledGaussian, Divergences> eldest) {
            return size() > MOST_KEPT;
        }
    };

    private final List<Term> terms;

    private RenyiCurve(List<Term> terms) {
        this.terms = terms;
    }

    /** The curve of all phases together. */
    static RenyiCurve of(List<Phase> phases) {
        Map<SubsampledGaussian, Long> steps = new LinkedHashMap<>();
        for (Phase phase : phases) {
            steps.merge(
                    new SubsampledGaussian(phase.samplingRate(), phase.noiseMultiplier()),
                    phase.steps(),
                    Math::addExact);
        }
        synchronized (KEPT) {
            return new RenyiCurve(steps.entrySet().stream()
                    .map(e -> new Term(e.getKey(), e.getValue(), KEPT.computeIfAbsent(e.getKey(), Divergences::new)))
                    .toList());
        }
    }

    /** Logarithm of (order i of the grid - 1). */
    static double gridPoint(int i) {
        return SPACING * (FIRST + i);
    }

    /** The divergence at an order of at least 1. */
    double at(double order) {
        double sum = 0;
        for (Term term : terms) {
            sum += term.steps * term.divergences.at(order);
        }
        return sum;
    }

    /** The divergence at order i of the grid. */
    double atGrid(int i) {
        double sum = 0;
        for (Term term : terms) {
            sum += term.steps * term.divergences.onGrid(i);
        }
        return sum;
    }

    private record Term(SubsampledGaussian mechanism, long steps, Divergences divergences) {}
}
