package ai.coreason.enclave.privacy.graph.operator;

import java.util.Arrays;

/** What the elements of a new parameter are drawn from, each independently of the others. */
public sealed interface Distribution {
    /** Draws all elements of a parameter, row-major. */
    void fill(float[] values, RandomBits bits);

    /** Uniform on [-bound, bound). */
    record Uniform(double bound) implements Distribution {
        /**
         * PyTorch's default for linear and convolutional layers, weights and biases alike: {@code kaiming_uniform_} with
         * a = sqrt 5 comes to the same bound 1 / sqrt(fan in) as the bias (He et al. 2015, equation 10).
         */
        static Uniform fanIn(long fanIn) {
            return new Uniform(1 / Math.sqrt(fanIn));
        }

        /** {@code xavier_uniform_} (Glorot and Bengio 2010, equation 16). */
        static Uniform xavier(long fanIn, long fanOut) {
            return new Uniform(Math.sqrt(6.0 / (fanIn + fanOut)));
        }

        @Override
        public void fill(float[] values, RandomBits bits) {
            for (int i = 0; i < values.length; i++) {
                values[i] = (float) ((2 * bits.unit() - 1) * bound);
            }
        }
    }

    /** Normal with mean 0 and variance 1, by the transform of Box and Muller (1958). */
    record StandardNormal() implements Distribution {
        @Override
        public void fill(float[] values, RandomBits bits) {
            for (int i = 0; i < values.length; i++) {
                double radius = Math.sqrt(-2 * Math.log1p(-bits.unit()));
                values[i] = (float) (radius * Math.cos(2 * Math.PI * bits.unit()));
            }
        }
    }

    /** Another distribution, but for one row of a matrix of the given width, which is 0. */
    record ZeroRow(Distribution others, long row, long width) implements Distribution {
        @Override
        public void fill(float[] values, RandomBits bits) {
            others.fill(values, bits);
            int from = Math.toIntExact(row * width);
            Arrays.fill(values, from, from + Math.toIntExact(width), 0);
        }
    }

    /** Every element the same. */
    record Constant(float value) implements Distribution {
        @Override
        public void fill(float[] values, RandomBits bits) {
            Arrays.fill(values, value);
        }
    }
}
