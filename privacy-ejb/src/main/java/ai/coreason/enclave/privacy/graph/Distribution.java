package ai.coreason.enclave.privacy.graph;

/** The distribution that the elements of a new parameter are drawn from, independently. */
public sealed interface Distribution {
    /** Draws one element. */
    float draw(RandomBits bits);

    /** Uniform on [-bound, bound). */
    record Uniform(double bound) implements Distribution {
        /**
         * PyTorch's default for linear and convolutional layers, weights and biases alike: {@code kaiming_uniform_} with
         * a = sqrt 5 comes to the same bound 1 / sqrt(fan in) as the bias (He et al. 2015, equation 10).
         */
        static Uniform fanIn(long fanIn) {
            return new Uniform(1 / Math.sqrt(fanIn));
        }

        @Override
        public float draw(RandomBits bits) {
            return (float) ((2 * bits.unit() - 1) * bound);
        }
    }

    /** Every element the same. */
    record Constant(float value) implements Distribution {
        @Override
        public float draw(RandomBits bits) {
            return value;
        }
    }
}
