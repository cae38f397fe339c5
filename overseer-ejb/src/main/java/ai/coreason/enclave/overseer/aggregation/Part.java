package ai.coreason.enclave.overseer.aggregation;

import java.nio.FloatBuffer;
import java.util.function.Function;

/**
 * One participant's part in an aggregate.
 *
 * @param weight above 0: the declared, public row count, or a share
 * @param difference finds a trained parameter's values by its name: local minus base, row-major
 */
public record Part(double weight, Function<String, FloatBuffer> difference) {
    /**
     * The difference of one parameter.
     *
     * @throws IllegalArgumentException if it has not as many values
     */
    FloatBuffer difference(String parameter, int values) {
        FloatBuffer d = difference.apply(parameter);
        if (d.limit() != values) {
            throw new IllegalArgumentException(parameter + ": expected " + values + " values, got " + d.limit());
        }
        return d;
    }
}
