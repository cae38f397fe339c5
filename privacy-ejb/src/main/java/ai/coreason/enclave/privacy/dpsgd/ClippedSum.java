package ai.coreason.enclave.privacy.dpsgd;

import ai.coreason.enclave.privacy.graph.Node;
import ai.coreason.enclave.privacy.graph.PerSampleGradient;
import ai.coreason.enclave.privacy.graph.PerSampleGradient.Formed;
import ai.coreason.enclave.privacy.graph.PerSampleGradient.OuterProducts;
import ai.coreason.enclave.privacy.graph.PerSampleGradient.TableRows;
import ai.coreason.enclave.privacy.graph.Shape;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * TorchScript for the squared norms of the gradients of single examples and for the sum of the clipped ones. Gradients of
 * single examples are formed where they are smaller than the two Gram matrices that give their norms without them ("ghost
 * norms", Li et al. 2022, section 4). The clipping factors are those of a {@link ClippingRule}.
 * Where units of several examples are clipped, an example's positions are those of the whole unit. Used once; not thread-safe.
 */
final class ClippedSum {
    private static final long MOST_PART = 256;
    private static final long LEAST_PART = 16;

    private final ParameterLayout layout;
    private final Script norms;
    private final int maxRecords;
    private final String units;
    private final Script sums = new Script("s");
    private final Map<String, List<String>> layers = new LinkedHashMap<>();
    private List<String> squared = List.of();
    private final List<Runnable> additions = new ArrayList<>();

    /**
     * @param norms where the statements for the norms are written to
     * @param maxRecords most examples of a unit; above 1, the variable {@code part} is [units, examples of a unit]
     */
    ClippedSum(ParameterLayout layout, Script norms, int maxRecords) {
        this.layout = layout;
        this.norms = norms;
        this.maxRecords = maxRecords;
        this.units = maxRecords == 1 ? "batch" : norms.let("torch.size(part, 0)");
    }

    /** Adds gradients of one layer. */
    void add(Node node, PerSampleGradient gradient) {
        begin(node.name());
        String prefix = node.name() + ".";
        if (gradient instanceof OuterProducts products) {
            new Products(prefix, products).write();
        } else if (gradient instanceof Formed formed) {
            formed(prefix + formed.parameter(), formed.gradient(), formed.size());
        } else if (gradient instanceof TableRows table) {
            rows(prefix + table.parameter(), table);
        }
    }

    /** A layer has its own row of clipping factors, which the variable c holds while its gradients are added. */
    private void begin(String layer) {
        squared = layers.computeIfAbsent(layer, l -> {
            int row = layers.size();
            additions.add(() -> sums.assign("c", "torch.select(factors, 0, %d)", row));
            return new ArrayList<>();
        });
    }

    /** The variable of the squared norms over all layers, one for each example or unit. */
    String squaredNorms() {
        List<String> rows = layers.values().stream()
                .map(parts -> parts.stream()
                        .reduce((a, b) -> norms.let("torch.add(%s, %s)", a, b))
                        .orElseThrow())
                .toList();
        norms.assign("squares", "torch.stack([%s])", String.join(", ", rows));
        return norms.let("torch.sum(squares, [0])");
    }

    /** The statements that add the clipped gradients to {@code sum}, given a rule's {@code bound, offset, most, shares}. */
    String accumulation() {
        sums.assign(
                "factors",
                "torch.minimum(torch.mul(torch.reciprocal(torch.add(torch.sqrt(torch.mm(shares, squares)), offset)), bound), most)");
        additions.forEach(Runnable::run);
        return sums.toString();
    }

    /** A gradient of single examples that was formed: [batch, size]. */
    private void formed(String parameter, String gradient, long size) {
        String whole = maxRecords == 1
                ? gradient
                : norms.let("torch.sum(torch.reshape(%s, [%s, -1, %d]), [1])", gradient, units, size);
        formedWhole(parameter, whole, size);
    }

    /** A gradient of what is clipped together: [units, size]. */
    private void formedWhole(String parameter, String gradient, long size) {
        squared.add(squaredNorms(gradient, size));
        additions.add(() ->
                sums.let("torch.addmv_(%s, torch.t(%s), c)", layout.view("sum", parameter, Shape.of(size)), gradient));
    }

    /** Products of the positions of whole units. */
    private OuterProducts ofUnits(OuterProducts p) {
        return new OuterProducts(
                p.weight(),
                p.bias(),
                ofUnits(p.outputs(), p.groups(), p.rows(), p.positions()),
                ofUnits(p.inputs(), p.groups(), p.columns(), p.positions()),
                p.groups(),
                p.rows(),
                p.columns(),
                p.positions() * maxRecords);
    }

    /** From [units * width * groups, size, positions] to [units * groups, size, width * positions]. */
    private String ofUnits(String vectors, long groups, long size, long positions) {
        String apart = norms.let("torch.reshape(%s, [%s, -1, %d, %d, %d])", vectors, units, groups, size, positions);
        return norms.let(
                "torch.reshape(torch.permute(%s, [0, 2, 3, 1, 4]), [torch.mul(%s, %d), %d, torch.mul(torch.size(part, 1), %d)])",
                apart, units, groups, size, positions);
    }

    /** Rows of a table, merged where a unit uses one more than once; no gradient is as large as the table. */
    private void rows(String parameter, TableRows table) {
        String indices = table.indices();
        String gradients = table.gradients();
        if (maxRecords > 1) {
            indices = norms.let(
                    "torch.reshape(%s, [%s, torch.mul(torch.size(part, 1), %d)])", indices, units, table.positions());
            gradients = norms.let(
                    "torch.reshape(%s, [%s, torch.mul(torch.size(part, 1), %d), %d])",
                    gradients, units, table.positions(), table.width());
        }
        MergedRows merged = MergedRows.write(norms, units, indices, gradients);
        squared.add(merged.squaredNorms());
        String each = gradients;
        additions.add(() -> {
            String scaled = sums.let("torch.mul(%s, torch.reshape(c, [-1, 1, 1]))", each);
            sums.let("torch.add_(%s, %s)", layout.view("sum", parameter), merged.sum(sums, table.rows(), scaled));
        });
    }

    /**
     * The variable of each row's squared norm. By parts of a row: a long sum in single precision loses what is small beside it,
     * and a norm that comes out too small lets a row through unclipped. Where a size has no fitting divisor, PyTorch's own
     * sum does so, at the cost of a copy.
     */
    private String squaredNorms(String rows, long size) {
        long part = Math.min(size, MOST_PART);
        while (size % part != 0) {
            part--;
        }
        if (part < Math.min(size, LEAST_PART)) {
            return norms.let("torch.sum(torch.mul(%1$s, %1$s), [1])", rows);
        }
        return norms.let(
                "torch.sum(torch.square(torch.linalg_vector_norm(torch.reshape(%s, [-1, %d, %d]), 2, [2])), [1])",
                rows, size / part, part);
    }

    /** Sums over positions of outer products. */
    private final class Products {
        private final String node;
        private final OuterProducts p;

        Products(String node, OuterProducts products) {
            this.node = node;
            this.p = maxRecords == 1 ? products : ofUnits(products);
        }

        void write() {
            boolean one = p.groups() * p.positions() == 1;
            if (one) {
                product();
            } else if (p.formed()) {
                form();
            } else {
                ghost();
            }
            if (!one) {
                p.bias()
                        .ifPresent(bias -> formedWhole(
                                node + bias,
                                norms.let(
                                        "torch.reshape(torch.sum(%s, [2]), [%s, %d])",
                                        p.outputs(), units, p.groups() * p.rows()),
                                p.groups() * p.rows()));
            }
        }

        /** One outer product: its norm is the product of the norms. */
        private void product() {
            String inputs = squaredNorms(p.inputs(), p.columns());
            String outputs = squaredNorms(p.outputs(), p.rows());
            String square = p.bias().isPresent() ? "torch.addcmul(%2$s, %1$s, %2$s)" : "torch.mul(%s, %s)";
            squared.add(norms.let(square, inputs, outputs));
            additions.add(() -> {
                String scaled = sums.let("torch.mul(%s, torch.unsqueeze(c, 1))", p.outputs());
                sums.let("torch.addmm_(%s, torch.t(%s), %s)", matrix(), scaled, p.inputs());
                p.bias()
                        .ifPresent(bias -> sums.let(
                                "torch.addmv_(%s, torch.t(%s), c)", layout.view("sum", node + bias), p.outputs()));
            });
        }

        private void form() {
            long size = p.groups() * p.rows() * p.columns();
            formedWhole(
                    node + p.weight(),
                    norms.let(
                            "torch.reshape(torch.bmm(%s, torch.transpose(%s, 1, 2)), [%s, %d])",
                            p.outputs(), p.inputs(), units, size),
                    size);
        }

        /** The inner product of two Gram matrices over positions; in double precision, as its terms may cancel. */
        private void ghost() {
            String inputs = gram(p.inputs());
            String outputs = gram(p.outputs());
            squared.add(norms.let("torch.to(torch.sum(torch.mul(%s, %s), [1, 2]), 6)", inputs, outputs));
            additions.add(() -> {
                String scaled = sums.let("torch.mul(%s, torch.reshape(c, [-1, 1, 1]))", p.outputs());
                sums.let("torch.add_(%s, torch.tensordot(%s, %s, [0, 2], [0, 2]))", matrix(), scaled, p.inputs());
            });
        }

        private String gram(String matrices) {
            String exact = norms.let("torch.to(%s, 7)", matrices);
            return norms.let("torch.bmm(torch.transpose(%1$s, 1, 2), %1$s)", exact);
        }

        private String matrix() {
            return layout.view("sum", node + p.weight(), Shape.of(p.rows(), p.columns()));
        }
    }
}
