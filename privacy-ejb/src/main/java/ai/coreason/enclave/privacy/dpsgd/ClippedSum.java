package ai.coreason.enclave.privacy.dpsgd;

import ai.coreason.enclave.privacy.graph.Node;
import ai.coreason.enclave.privacy.graph.PerSampleGradient;
import ai.coreason.enclave.privacy.graph.PerSampleGradient.Formed;
import ai.coreason.enclave.privacy.graph.PerSampleGradient.OuterProducts;
import ai.coreason.enclave.privacy.graph.PerSampleGradient.TableRows;
import ai.coreason.enclave.privacy.graph.Shape;
import java.util.ArrayList;
import java.util.List;

/**
 * TorchScript for the squared norms of the gradients of single examples and for the sum of the clipped ones. Gradients of
 * single examples are formed where they are smaller than the two Gram matrices that give their norms without them ("ghost
 * norms", Li et al. 2022, section 4). Used once; not thread-safe.
 */
final class ClippedSum {
    private final ParameterLayout layout;
    private final Script norms;
    private final Script sums = new Script("s");
    private final List<String> squared = new ArrayList<>();
    private final List<Runnable> additions = new ArrayList<>();

    /** @param norms where the statements for the norms are written to */
    ClippedSum(ParameterLayout layout, Script norms) {
        this.layout = layout;
        this.norms = norms;
    }

    /** Adds the gradients of one layer. */
    void add(Node node, PerSampleGradient gradient) {
        String prefix = node.name() + ".";
        if (gradient instanceof OuterProducts products) {
            new Products(prefix, products).write();
        } else if (gradient instanceof Formed formed) {
            formed(prefix + formed.parameter(), formed.gradient(), formed.size());
        } else if (gradient instanceof TableRows table) {
            rows(prefix + table.parameter(), table);
        }
    }

    /** The variable of the squared norms over all layers, [batch]. */
    String squaredNorms() {
        return squared.stream()
                .reduce((a, b) -> norms.let("torch.add(%s, %s)", a, b))
                .orElseThrow();
    }

    /** The statements that add the clipped gradients to {@code sum}, given the squared norms and {@code clip}. */
    String accumulation(String squaredNorms) {
        sums.assign(
                "c",
                "torch.clamp_max(torch.mul(torch.reciprocal(torch.add(torch.sqrt(%s), 9.9999999999999995e-07)), clip), 1.)",
                squaredNorms);
        additions.forEach(Runnable::run);
        return sums.toString();
    }

    /** A gradient of single examples that was formed: [batch, size]. */
    private void formed(String parameter, String gradient, long size) {
        squared.add(norms.let("torch.square(torch.linalg_vector_norm(%s, 2, [1]))", gradient));
        additions.add(() ->
                sums.let("torch.addmv_(%s, torch.t(%s), c)", layout.view("sum", parameter, Shape.of(size)), gradient));
    }

    /** Rows of a table, merged where an example uses one more than once; no gradient is as large as the table. */
    private void rows(String parameter, TableRows table) {
        MergedRows merged = MergedRows.write(norms, table);
        squared.add(merged.squaredNorms());
        additions.add(() -> {
            String scaled = sums.let("torch.mul(%s, torch.reshape(c, [-1, 1, 1]))", table.gradients());
            sums.let("torch.add_(%s, %s)", layout.view("sum", parameter), merged.sum(sums, table, scaled));
        });
    }

    private static String rowNorms(String matrix) {
        return "torch.sum(torch.mul(%1$s, %1$s), [1])".formatted(matrix);
    }

    /** Sums over positions of outer products. */
    private final class Products {
        private final String node;
        private final OuterProducts p;

        Products(String node, OuterProducts products) {
            this.node = node;
            this.p = products;
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
                        .ifPresent(bias -> formed(
                                node + bias,
                                norms.let(
                                        "torch.reshape(torch.sum(%s, [2]), [batch, %d])",
                                        p.outputs(), p.groups() * p.rows()),
                                p.groups() * p.rows()));
            }
        }

        /** One outer product: its norm is the product of the norms. */
        private void product() {
            String inputs = norms.let(rowNorms(p.inputs()));
            String outputs = norms.let(rowNorms(p.outputs()));
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
            formed(
                    node + p.weight(),
                    norms.let(
                            "torch.reshape(torch.bmm(%s, torch.transpose(%s, 1, 2)), [batch, %d])",
                            p.outputs(), p.inputs(), size),
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
