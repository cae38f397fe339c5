package ai.coreason.enclave.node.copies;

import java.time.LocalDate;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Made-up people, each the same whenever it is asked for: by number, whose ranges overlap where datasets are to share some. */
record People(int number, int age, double weight, LocalDate seen, String town) {
    private static final String[] TOWNS = {"Harbour Hill", "Lower Mill", "Saint Émile", "Oak"};

    static final String HEADER = "id,age,weight,seen,town\n";

    static final String FIELDS = """
            [{"name": "id", "type": "string"}, {"name": "age", "type": "integer"},
             {"name": "weight", "type": "number"}, {"name": "seen", "type": "date"},
             {"name": "town", "type": "string"}]""";

    static People of(int number) {
        SplittableRandom random = new SplittableRandom(number * 7919L);
        return new People(
                number,
                18 + random.nextInt(80),
                (40_00 + random.nextInt(100_00)) / 100.0,
                LocalDate.of(2015, 1, 1).plusDays(random.nextInt(3650)),
                TOWNS[random.nextInt(TOWNS.length)]);
    }

    /** The line of a file with {@link #HEADER}. */
    String line() {
        return text("p%06d,%d,%.2f,%s,%s\n", number, age, weight, seen, town);
    }

    static String text(String form, Object... values) {
        return String.format(Locale.ROOT, form, values);
    }

    /** The lines of those from a number to before another. */
    static String lines(int from, int to, Function<People, String> line) {
        return IntStream.range(from, to).mapToObj(People::of).map(line).collect(Collectors.joining());
    }

    /** A whole file of those from a number to before another. */
    static String file(int from, int to) {
        return HEADER + lines(from, to, People::line);
    }
}
