package ai.coreason.enclave.sentry.data.format;

import ai.coreason.enclave.sentry.data.schema.Findings;
import ai.coreason.enclave.sentry.data.schema.Rule;
import ai.coreason.enclave.sentry.data.schema.TensorSchema;
import ai.coreason.enclave.sentry.data.schema.Tensors;
import ai.coreason.enclave.sentry.tensor.Safetensors;
import ai.coreason.enclave.sentry.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Reads a safetensors file and checks its tensors against what its owner declared. */
public final class TensorReader {
    /**
     * A checked file.
     *
     * @param file its tensors
     * @param findings what does not obey
     */
    public record Checked(Safetensors file, Findings findings) {}

    private TensorReader() {}

    /**
     * Reads a whole file by mapping it.
     *
     * @throws ai.coreason.enclave.base.InvalidDocument if it is not a safetensors file
     * @throws IOException if it cannot be read
     */
    public static Checked read(Path file, Tensors content) throws IOException {
        return check(Safetensors.map(file), content);
    }

    public static Checked check(Safetensors file, Tensors content) {
        Findings.Tally tally = new Findings.Tally();
        long undeclared = file.tensors().keySet().stream()
                .filter(name -> !content.tensors().containsKey(name))
                .count();
        tally.violation("(others)", Rule.UNDECLARED, undeclared);
        long rows = -1;
        for (Map.Entry<String, TensorSchema> e : content.tensors().entrySet()) {
            Tensor tensor = file.tensors().get(e.getKey());
            if (tensor == null) {
                tally.violation(e.getKey(), Rule.ABSENT);
            } else if (fits(tensor, e.getValue(), tally)) {
                long count = tensor.shape().get(0);
                rows = rows < 0 ? count : rows;
                tally.violation(e.getKey(), Rule.SHAPE, count == rows ? 0 : 1);
                checkElements(tensor, e.getValue(), tally);
            }
        }
        tally.rows(Math.max(0, rows));
        return new Checked(file, tally.findings());
    }

    private static boolean fits(Tensor tensor, TensorSchema schema, Findings.Tally tally) {
        List<Long> shape = tensor.shape();
        boolean sides = !shape.isEmpty() && shape.subList(1, shape.size()).equals(schema.exampleShape());
        tally.violation(tensor.name(), Rule.SHAPE, sides ? 0 : 1);
        tally.violation(tensor.name(), Rule.TYPE, tensor.dtype() == schema.dtype() ? 0 : 1);
        return sides && tensor.dtype() == schema.dtype();
    }

    private static void checkElements(Tensor tensor, TensorSchema schema, Findings.Tally tally) {
        double least = schema.minimum().orElse(-Double.MAX_VALUE);
        double most = schema.maximum().orElse(Double.MAX_VALUE);
        long below = 0;
        long above = 0;
        long strange = 0;
        for (int i = 0; i < tensor.count(); i++) {
            double v = tensor.at(i);
            if (!Double.isFinite(v)) {
                strange++;
            } else if (v < least) {
                below++;
            } else if (v > most) {
                above++;
            }
        }
        tally.violation(tensor.name(), Rule.TYPE, strange);
        tally.violation(tensor.name(), Rule.MINIMUM, below);
        tally.violation(tensor.name(), Rule.MAXIMUM, above);
    }
}
