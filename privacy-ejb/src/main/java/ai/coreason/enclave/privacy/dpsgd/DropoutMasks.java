package ai.coreason.enclave.privacy.dpsgd;

import ai.coreason.enclave.privacy.graph.Subroutine;

/**
 * TorchScript of dropout masks from a counter-based generator: each element's number is hashed with two keys that are
 * hashes of the step's seed, the example's index and the place of the mask in the program ("lowbias32" of Wellons, Prospecting
 * for Hash Functions, 2018, on 32 of 64 bits; its second factor is written as the negative number with the same low bits,
 * so that no product overflows).
 *
 * <p>The mask of an example depends neither on the other examples nor on how a batch is divided over calls, and the same
 * seed gives it again. Masks need no secret: whatever they are, each example's gradient is clipped.
 */
final class DropoutMasks {
    /** One hash of a tensor of numbers in [0, 2^32), into the same range. */
    static final Subroutine HASH = new Subroutine("hash", "x: Tensor", """
            a = torch.mul(torch.bitwise_xor(x, torch.bitwise_right_shift(x, 16)), 2146121005)
            b = torch.bitwise_and(a, 4294967295)
            c = torch.mul(torch.bitwise_xor(b, torch.bitwise_right_shift(b, 15)), -2073254261)
            d = torch.bitwise_and(c, 4294967295)
            return torch.bitwise_xor(d, torch.bitwise_right_shift(d, 16))
            """);

    /** {@code x} [batch, ...] times its masks; {@code size} is the number of elements of one example. */
    static final Subroutine DROPOUT =
            new Subroutine("dropout", "x: Tensor, index: Tensor, seed: Tensor, place: int, size: int, p: float", """
            low = (self).hash(torch.bitwise_xor(torch.bitwise_and(index, 4294967295), torch.select(seed, 0, 0)))
            high = (self).hash(torch.bitwise_xor(low, torch.select(seed, 0, 1)))
            first = (self).hash(torch.bitwise_xor(high, place))
            second = (self).hash(torch.bitwise_xor(first, 2654435769))
            a = torch.bitwise_and(torch.add(torch.unsqueeze(first, 1), torch.arange(size)), 4294967295)
            b = torch.mul_(torch.bitwise_xor_(a, torch.bitwise_right_shift(a, 16)), 2146121005)
            c = torch.bitwise_xor_(torch.bitwise_and_(b, 4294967295), torch.unsqueeze(second, 1))
            d = torch.mul_(torch.bitwise_xor_(c, torch.bitwise_right_shift(c, 15)), -2073254261)
            e = torch.bitwise_and_(d, 4294967295)
            f = torch.bitwise_xor_(e, torch.bitwise_right_shift(e, 16))
            kept = torch.to(torch.ge(f, torch.mul(p, 4294967296.)), 6)
            return torch.mul(x, torch.reshape(torch.mul_(kept, torch.div(1., torch.sub(1., p))), torch.size(x)))
            """);

    private DropoutMasks() {}
}
