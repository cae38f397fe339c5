package ai.coreason.enclave.privacy.graph.operator;

/**
 * Where an operator writes its computation, as TorchScript expressions over variables: forward for a whole batch, and,
 * for its parameters, of what form the gradient of each example is once the backward pass has been made.
 *
 * <p>Tensors carry the batch as dimension 0. An operator never sees a name from outside: every variable's name is given
 * by the tape.
 */
public interface Tape {
    /** The variable that holds one of the node's parameters. */
    String parameter(String name);

    /** The variable that holds the number of examples in the batch. */
    String batch();

    /** Adds a step to the forward pass and gives the variable that holds its value. */
    String forward(String expression);

    /** Adds a call of a subroutine to the forward pass, and gives the variable that holds its result. */
    String call(Subroutine subroutine, String... arguments);

    /**
     * Drops elements of a value with probability {@code p} and divides the others by 1 - p, where the program trains; a
     * program that predicts leaves the value as it is.
     *
     * @param x variable of the value
     * @param shape of the value for one example
     */
    String dropout(String x, Shape shape, double p);

    /**
     * Adds a step to the forward pass whose value depends on the node's parameters directly; the backward pass will stop
     * there. The expression makes a new tensor.
     */
    String tap(String expression);

    /** The variable that holds, after the backward pass, the gradient of the batch's loss to a tapped value. */
    String gradient(String tapped);

    /** Adds a step after the backward pass; it may use every variable so far and gradients. */
    String afterwards(String expression);

    /** States the form of the gradient of each example to one or two of the node's parameters. */
    void perSample(PerSampleGradient gradient);
}
