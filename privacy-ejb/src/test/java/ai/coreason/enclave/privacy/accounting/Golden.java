package ai.coreason.enclave.privacy.accounting;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;

/** One row of a file of golden values: cells by column; a cell that is not a number has no value. */
record Golden(String file, int line, Map<String, String> cells) {
    /** All rows of a file; skips the test where the data is absent, and fails it where CI requires the data. */
    static List<Golden> rows(String file) {
        Path path = Path.of(System.getProperty("enclave.shared", "absent"), "vectors", "dp", file);
        if (!Files.exists(path)) {
            assertThat(System.getenv("CI"))
                    .as("CI requires the golden values: %s", path)
                    .isNotEqualTo("true");
            assumeTrue(false, "no golden values: " + path);
        }
        try {
            List<String> lines = Files.readAllLines(path).stream()
                    .filter(l -> !l.startsWith("#"))
                    .toList();
            String[] names = lines.get(0).split(",", -1);
            return Stream.iterate(1, i -> i < lines.size(), i -> i + 1)
                    .map(i -> {
                        String[] values = lines.get(i).split(",", -1);
                        Map<String, String> cells = new HashMap<>();
                        for (int c = 0; c < names.length; c++) {
                            cells.put(names[c], values[c]);
                        }
                        return new Golden(file, i + 2, cells);
                    })
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    double number(String column) {
        return Double.parseDouble(cells.get(column));
    }

    long whole(String column) {
        return Long.parseLong(cells.get(column));
    }

    OptionalDouble value(String column) {
        try {
            double value = Double.parseDouble(cells.get(column));
            return Double.isFinite(value) ? OptionalDouble.of(value) : OptionalDouble.empty();
        } catch (NumberFormatException e) {
            return OptionalDouble.empty();
        }
    }

    /** The smallest of the columns that have a value. */
    double least(String... columns) {
        return values(columns).min().orElse(Double.POSITIVE_INFINITY);
    }

    private DoubleStream values(String... columns) {
        return Arrays.stream(columns).map(this::value).flatMapToDouble(OptionalDouble::stream);
    }

    Phase phase() {
        return new Phase(number("q"), number("sigma"), whole("steps"));
    }

    List<Phase> phases() {
        if (!cells.containsKey("phases")) {
            return List.of(phase());
        }
        return Arrays.stream(cells.get("phases").split("\\|"))
                .map(p -> p.split(":"))
                .map(p -> new Phase(Double.parseDouble(p[0]), Double.parseDouble(p[1]), Long.parseLong(p[2])))
                .toList();
    }

    @Override
    public String toString() {
        return file + ":" + line + " " + cells;
    }
}
