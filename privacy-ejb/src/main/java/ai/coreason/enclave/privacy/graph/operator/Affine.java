package ai.coreason.enclave.privacy.graph.operator;

import ai.coreason.enclave.privacy.graph.operator.PerSampleGradient.Formed;
import java.util.List;

/** The last step of a normalisation: a weight that multiplies and a bias that is added, element by element. */
final class Affine {
    private Affine() {}

    /** The parameters, in PyTorch's order: a weight of ones, a bias of zeros. */
    static List<Parameter> parameters(Shape shape, boolean weight, boolean bias) {
        Parameter ones = new Parameter("weight", shape, new Distribution.Constant(1));
        Parameter zeros = new Parameter("bias", shape, new Distribution.Constant(0));
        return weight ? bias ? List.of(ones, zeros) : List.of(ones) : List.of();
    }

    /**
     * States the gradients of single examples: those of the bias are the gradients at the output, those of the weight the
     * same times the normalised input; both summed over the positions that share an element.
     *
     * @param size of the weight
     * @param positions the dimension to sum over, once gradient and input have the given shape
     * @param gradient at the output
     * @param normalised expression of the normalised input, of the same shape
     */
    static void perSample(
            Tape tape, boolean bias, long size, int positions, String gradient, String normalised, String shape) {
        String g = tape.afterwards("torch.reshape(%s, %s)".formatted(gradient, shape));
        String x = tape.afterwards("torch.reshape(%s, %s)".formatted(normalised, shape));
        String weight = tape.afterwards("torch.sum(torch.mul(%s, %s), [%d])".formatted(g, x, positions));
        tape.perSample(new Formed("weight", weight, size));
        if (bias) {
            tape.perSample(new Formed("bias", tape.afterwards("torch.sum(%s, [%d])".formatted(g, positions)), size));
        }
    }
}
