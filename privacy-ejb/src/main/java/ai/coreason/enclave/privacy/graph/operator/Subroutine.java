package ai.coreason.enclave.privacy.graph.operator;

/**
 * TorchScript that many nodes share and that an expression cannot say, such as a loop.
 *
 * @param name of the method; given by an operator, never from outside
 * @param parameters with their types: {@code x: Tensor, n: int}; without {@code self}
 * @param body statements, one a line, the last of which returns a tensor
 */
public record Subroutine(String name, String parameters, String body) {}
