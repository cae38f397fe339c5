package ai.coreason.enclave.sentry.tensor;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/**
 * A named tensor: its element type, its shape (row-major, {@code []} is a scalar) and its bytes. Immutable and
 * thread-safe; {@link #toString()} shows no element.
 */
public final class Tensor {
    private final String name;
    private final DType dtype;
    private final List<Long> shape;
    private final ByteBuffer data;

    Tensor(String name, DType dtype, List<Long> shape, ByteBuffer data) {
        this.name = name;
        this.dtype = dtype;
        this.shape = List.copyOf(shape);
        this.data = data.asReadOnlyBuffer().order(ByteOrder.LITTLE_ENDIAN);
    }

    /**
     * An F32 tensor of these values, which are copied.
     *
     * @throws IllegalArgumentException if the shape does not hold exactly that many values
     */
    public static Tensor of(String name, List<Long> shape, float[] values) {
        ByteBuffer data = ByteBuffer.allocate(Math.multiplyExact(values.length, DType.F32.bytes()))
                .order(ByteOrder.LITTLE_ENDIAN);
        data.asFloatBuffer().put(values);
        return of(name, DType.F32, shape, data);
    }

    /**
     * A tensor over little-endian bytes, which are not copied.
     *
     * @throws IllegalArgumentException if the shape does not take exactly that many bytes
     */
    public static Tensor of(String name, DType dtype, List<Long> shape, ByteBuffer data) {
        long bytes = dtype.bytes();
        for (long side : shape) {
            bytes = side < 0 ? -1 : Math.multiplyExact(bytes, side);
        }
        if (bytes != data.remaining()) {
            throw new IllegalArgumentException("tensor " + name + ": expected " + bytes + " bytes for " + dtype + " "
                    + shape + ", got " + data.remaining());
        }
        return new Tensor(name, dtype, shape, data.slice());
    }

    /** The name it has in the file. */
    public String name() {
        return name;
    }

    /** The type of its elements. */
    public DType dtype() {
        return dtype;
    }

    /** Its sides, outermost first. */
    public List<Long> shape() {
        return shape;
    }

    /** How many elements it has. */
    public int count() {
        return data.capacity() / dtype.bytes();
    }

    /** Its bytes, little-endian, as a fresh read-only view. */
    public ByteBuffer data() {
        return data.duplicate().order(ByteOrder.LITTLE_ENDIAN);
    }

    /** A fresh array of the elements, converted to float by rounding to nearest. */
    public float[] floats() {
        float[] out = new float[count()];
        if (dtype == DType.F32) {
            data().asFloatBuffer().get(out);
            return out;
        }
        for (int i = 0; i < out.length; i++) {
            out[i] = (float) dtype.real(data, i);
        }
        return out;
    }

    /** One element as a double; exact for every type but I64 beyond 2^53. */
    public double at(int index) {
        return dtype.real(data, index);
    }

    /**
     * One element as a whole number.
     *
     * @throws IllegalStateException if the type is not {@link DType#whole()}
     */
    public long wholeAt(int index) {
        return dtype.whole(data, index);
    }

    @Override
    public String toString() {
        return "Tensor[" + name + ", " + dtype + " " + shape + "]";
    }
}
