package ai.coreason.enclave.privacy.dpsgd;

import ai.coreason.enclave.privacy.graph.Node;
import ai.coreason.enclave.privacy.graph.operator.PerSampleGradient;
import ai.coreason.enclave.privacy.graph.operator.PerSampleGradient.Formed;
import ai.coreason.enclave.privacy.graph.operator.PerSampleGradient.OuterProducts;
import ai.coreason.enclave.privacy.graph.operator.PerSampleGradient.TableRows;
import ai.coreason.enclave.privacy.graph.operator.Shape;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * TorchScript for upper bounds of the squared norms of the gradients of single examples and for the sum of the clipped ones. Gradients of
 * single examples are formed where they are smaller than the two Gram matrices that give their norms without them ("ghost
 * norms", Li et al. 2022, section 4). The clipping factors are those of a {@link ClippingRule}.
 * Where units of several examples are clipped, an example's positions are those of the whole unit. Used once; not thread-safe.
 *
 * <p>What a unit adds to the sum is a function of that unit alone, and its norm is taken of the very numbers that are added:
 * positions are added up within the unit first, and a product that is not formed is one of double precision. See
 * {@link RoundingMargin}.
 */
final class ClippedSum {
    private final ParameterLayout layout;
    private final Script norms;
    private final int maxRecords;
    private final String units;
    private final UpperNorms squares;
    private final Map<String, Layer> layers = new LinkedHashMap<>();
    private Layer layer;
    private final List<OneProduct> products = new ArrayList<>();
    private final List<Addition> additions = new ArrayList<>();
    private final List<String> rows = new ArrayList<>();
    private String total = "";
    private long positionsOfProducts;

    /** Statements that add something clipped to {@code sum}. */
    private interface Addition {
        /**
         * @param factors expression of the units' factors, of the sum's precision
         * @param exact whether {@code sum} is of double precision
         */
        void write(Script sums, String factors, boolean exact);
    }

    /** What has one clipping factor for each unit, of which there are as many rows as layers. */
    private static final class Layer {
        private final int row;
        private final List<UpperNorms.Rows> formed = new ArrayList<>();
        private final List<OneProduct> products = new ArrayList<>();
        private final List<String> others = new ArrayList<>();

        Layer(int row) {
            this.row = row;
        }

        /** The units' factors; also those of a stack of factors by layer. */
        String of(String factors) {
            return "(%s)[%d]".formatted(factors, row);
        }
    }

    /**
     * The outer product of one vector of outputs and one of inputs.
     *
     * @param outputs expression of the squared norms
     * @param inputs the same
     */
    private record OneProduct(Layer layer, String node, OuterProducts p, String outputs, String inputs) {
        String squared() {
            String square = p.bias().isPresent() ? "torch.addcmul(%2$s, %1$s, %2$s)" : "torch.mul(%s, %s)";
            return square.formatted(inputs, outputs);
        }
    }

    /**
     * @param norms where the statements for the norms are written to
     * @param maxRecords most examples of a unit; above 1, the variable {@code part} is [units, examples of a unit]
     */
    ClippedSum(ParameterLayout layout, Script norms, int maxRecords) {
        this.layout = layout;
        this.norms = norms;
        this.maxRecords = maxRecords;
        this.units = maxRecords == 1 ? "batch" : norms.let("torch.size(part, 0)");
        this.squares = new UpperNorms(norms, "q");
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

    private void begin(String name) {
        layer = layers.computeIfAbsent(name, n -> new Layer(layers.size()));
    }

    /** Adds a statement with the factors of the present layer. */
    private void addition(Addition addition) {
        Layer own = layer;
        additions.add((sums, factors, exact) -> addition.write(sums, own.of(factors), exact));
    }

    /** The variable of the squared norms over all layers, one for each example or unit, in double precision. */
    String squaredNorms() {
        Map<Layer, List<String>> parts = new LinkedHashMap<>();
        for (Layer l : layers.values()) {
            List<String> own = new ArrayList<>(squares.later(l.formed));
            l.products.forEach(p -> own.add(p.squared()));
            own.addAll(l.others);
            parts.put(l, own);
        }
        squares.write();
        parts.values()
                .forEach(own -> rows.add(added(own.stream().map(norms::let).toList())));
        total = added(rows);
        return total;
    }

    /** Most positions over which a product is summed that is not formed for each unit; 0 if there is none. */
    long positionsOfProducts() {
        return positionsOfProducts;
    }

    /** One after the other, so that no order depends on how many units there are. */
    private String added(List<String> squares) {
        return squares.stream()
                .reduce((a, b) -> norms.let("torch.add(%s, %s)", a, b))
                .orElseThrow();
    }

    /**
     * The statements that add the clipped gradients to {@code sum}, given a rule's {@code bound, offset, most, own, whole}.
     *
     * @param exact whether {@code sum} is of double precision
     */
    String accumulation(boolean exact) {
        Script sums = new Script(exact ? "d" : "s");
        sums.assign("squares", "torch.stack([%s])", String.join(", ", rows));
        sums.assign("n", "torch.sqrt(torch.add(torch.mul(squares, own), torch.mul(%s, whole)))", total);
        sums.assign("factors", "torch.mul(torch.minimum(torch.div(bound, torch.add(n, offset)), most), real)");
        sums.assign("c", "torch.unbind(factors)");
        if (!exact && !additions.isEmpty()) {
            sums.assign("f", "torch.unbind(%s)", as("factors", false));
        }
        if (exact) {
            products.forEach(p -> addExactly(sums, p));
        } else {
            addScaled(sums);
        }
        additions.forEach(a -> a.write(sums, exact ? "c" : "f", exact));
        return sums.toString();
    }

    /** Adds products in double precision. */
    private void addExactly(Script sums, OneProduct product) {
        OuterProducts p = product.p();
        String factors = product.layer().of("c");
        String scaled = sums.let("torch.mul(%s, torch.unsqueeze(%s, 1))", as(p.outputs(), true), factors);
        sums.let("torch.addmm_(%s, torch.t(%s), %s)", matrix(product.node(), p), scaled, as(p.inputs(), true));
        p.bias()
                .ifPresent(bias -> sums.let(
                        "torch.addmv_(%s, torch.t(%s), %s)",
                        layout.view("sum", product.node() + bias), as(p.outputs(), true), factors));
    }

    /**
     * Adds all products with the outputs scaled to norm 1 and the inputs to what is left, so that neither leaves single
     * precision. The scales are made side by side, [products, units].
     */
    private void addScaled(Script sums) {
        if (products.isEmpty()) {
            return;
        }
        String norms = sums.let(
                "torch.sqrt(torch.stack([%s]))",
                products.stream().map(OneProduct::outputs).collect(Collectors.joining(", ")));
        String factors = sums.let(
                "torch.stack([%s])",
                products.stream().map(p -> p.layer().of("c")).collect(Collectors.joining(", ")));
        String lengths = sums.let(as("torch.mul(" + factors + ", " + norms + ")", false));
        String ofBiases = sums.let("torch.unbind(%s)", lengths);
        String ofInputs = sums.let("torch.unbind(torch.unsqueeze(%s, 2))", lengths);
        String ofOutputs =
                sums.let("torch.unbind(torch.unsqueeze(%s, 2))", as("torch.reciprocal(" + norms + ")", false));
        for (int i = 0; i < products.size(); i++) {
            String node = products.get(i).node();
            OuterProducts p = products.get(i).p();
            String unit = sums.let("torch.t(torch.mul(%s, (%s)[%d]))", p.outputs(), ofOutputs, i);
            sums.let("torch.addmm_(%s, %s, torch.mul(%s, (%s)[%d]))", matrix(node, p), unit, p.inputs(), ofInputs, i);
            if (p.bias().isPresent()) {
                String bias = layout.view("sum", node + p.bias().orElseThrow());
                sums.let("torch.addmv_(%s, %s, (%s)[%d])", bias, unit, ofBiases, i);
            }
        }
    }

    private String matrix(String node, OuterProducts p) {
        return layout.view("sum", node + p.weight(), Shape.of(p.rows(), p.columns()));
    }

    /** A gradient of single examples that was formed: [batch, size]. */
    private void formed(String parameter, String gradient, long size) {
        String whole = maxRecords == 1
                ? gradient
                : norms.once("torch.sum(torch.reshape(%s, [%s, -1, %d]), [1])", gradient, units, size);
        formedWhole(parameter, whole, size);
    }

    /** A gradient of what is clipped together: [units, size]. */
    private void formedWhole(String parameter, String gradient, long size) {
        layer.formed.add(new UpperNorms.Rows(gradient, size));
        addition((sums, factors, exact) -> sums.let(
                "torch.addmv_(%s, torch.t(%s), %s)",
                layout.view("sum", parameter, Shape.of(size)), exact ? as(gradient, true) : gradient, factors));
    }

    private static String as(String value, boolean exact) {
        return "torch.to(%s, %d)".formatted(value, exact ? 7 : 6);
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
        String apart = norms.once("torch.reshape(%s, [%s, -1, %d, %d, %d])", vectors, units, groups, size, positions);
        return norms.once(
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
        MergedRows merged = MergedRows.write(norms, units, indices, gradients, table.width());
        layer.others.add(merged.squaredNorms());
        addition((sums, factors, exact) ->
                merged.add(sums, layout.view("sum", parameter), table.rows(), factors, exact));
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
                                norms.once(
                                        "torch.reshape(torch.sum(%s, [2]), [%s, %d])",
                                        p.outputs(), units, p.groups() * p.rows()),
                                p.groups() * p.rows()));
            }
        }

        /** One outer product: its norm is the product of the norms. */
        private void product() {
            OneProduct product = new OneProduct(
                    layer,
                    node,
                    p,
                    squares.later(new UpperNorms.Rows(p.outputs(), p.rows())),
                    squares.later(new UpperNorms.Rows(p.inputs(), p.columns())));
            layer.products.add(product);
            products.add(product);
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

        /**
         * The inner product of two Gram matrices over positions; in double precision, as its terms may cancel. Their
         * rounding is at most a share of the square of the sum over positions of the norms' products, which is added.
         */
        private void ghost() {
            positionsOfProducts = Math.max(positionsOfProducts, p.positions());
            String exactInputs = norms.let(as(p.inputs(), true));
            String exactOutputs = norms.let(as(p.outputs(), true));
            String inputs = gram(exactInputs);
            String outputs = gram(exactOutputs);
            String apart = norms.let(
                    "torch.sum(torch.sqrt(torch.mul(torch.diagonal(%s, 0, 1, 2), torch.diagonal(%s, 0, 1, 2))), [1])",
                    inputs, outputs);
            String together = norms.let("torch.sum(torch.mul(%s, %s), [1, 2])", inputs, outputs);
            layer.others.add(norms.let(
                    "torch.add(torch.clamp_min(%s, 0), torch.mul(torch.square(%s), %s))",
                    together, apart, UpperNorms.shareOfPositions(p)));
            Layer own = layer;
            additions.add((sums, factors, exact) -> {
                String scaled = sums.let("torch.mul(%s, torch.reshape(%s, [-1, 1, 1]))", exactOutputs, own.of("c"));
                sums.let("torch.add_(%s, torch.tensordot(%s, %s, [0, 2], [0, 2]))", matrix(), scaled, exactInputs);
            });
        }

        private String gram(String exact) {
            return norms.let("torch.bmm(torch.transpose(%1$s, 1, 2), %1$s)", exact);
        }

        private String matrix() {
            return ClippedSum.this.matrix(node, p);
        }
    }
}
