package ai.coreason.enclave.launcher.privacy;

import ai.coreason.enclave.base.InvalidDocument;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;

/**
 * A table of questions: a CSV file (RFC 4180, UTF-8) whose rows are answered by columns added at their end. Columns are found
 * by name and may have any order; others are handed through, unless they are named like what is asked (written otherwise, in
 * two columns, or for another question) or like an answer. Lines that begin with # are left out. One column or row that is wrong
 * refuses the file, before anything is computed or printed. Immutable.
 */
final class Batch {
    /** Short names that columns may have instead, as in a phase {@code q:sigma:steps}. */
    private static final Map<String, String> SHORT =
            Map.of("sampling_rate", "q", "noise_multiplier", "sigma", "target_epsilon", "target_eps");

    private static final List<String> NAMES =
            List.of("sampling_rate", "noise_multiplier", "steps", "delta", "phases", "target_epsilon");

    private static final CSVFormat FORMAT = CSVFormat.RFC4180
            .builder()
            .setRecordSeparator('\n')
            .setCommentMarker('#')
            .setIgnoreEmptyLines(true)
            .get();

    private record Row(CSVRecord record, long line) {}

    private final Path file;
    private final List<Row> rows;

    private Batch(Path file, List<Row> rows) {
        this.file = file;
        this.rows = rows;
    }

    /**
     * Reads a file.
     *
     * @throws InvalidDocument if it is not a CSV table with a header
     */
    static Batch read(Path file) throws IOException {
        String name = file.toString();
        String text;
        try {
            text = Files.readString(file);
        } catch (NoSuchFileException e) {
            throw InvalidDocument.at(name, "a file", "nothing");
        } catch (CharacterCodingException e) {
            throw InvalidDocument.at(name, "UTF-8 text", "other bytes");
        }
        List<Row> rows = new ArrayList<>();
        try (CSVParser parser = CSVParser.parse(text.startsWith("\uFEFF") ? text.substring(1) : text, FORMAT)) {
            for (CSVRecord record : parser) {
                rows.add(new Row(record, parser.getCurrentLineNumber()));
            }
        } catch (java.io.UncheckedIOException e) {
            throw InvalidDocument.at(name, "a CSV table", e.getCause().getMessage());
        }
        if (rows.isEmpty()) {
            throw InvalidDocument.at(name, "a line with column names", "nothing");
        }
        return new Batch(file, rows);
    }

    /** Whether there is such a column. */
    boolean has(String name) {
        return columns().containsKey(name);
    }

    /**
     * Answers all rows.
     *
     * @param wanted the columns that must be there
     * @param added the columns that answers fill
     * @param question checks a row at once, and answers later
     */
    void answer(
            PrintWriter out,
            Set<String> wanted,
            List<String> added,
            Function<Values, Supplier<List<String>>> question) {
        Map<String, Integer> columns = columns();
        checkOthers(wanted, added);
        for (String name : wanted) {
            if (!columns.containsKey(name)) {
                throw InvalidDocument.at(file.toString(), "a column " + name, "none");
            }
        }
        columns.keySet().retainAll(wanted);
        List<Supplier<List<String>>> questions = new ArrayList<>();
        for (Row row : rows.subList(1, rows.size())) {
            questions.add(checked(row, columns, question));
        }
        List<List<String>> answers =
                questions.parallelStream().map(Supplier::get).toList();
        print(out, rows.get(0), added);
        for (int i = 0; i < answers.size(); i++) {
            print(out, rows.get(i + 1), answers.get(i));
        }
        out.flush();
    }

    private Supplier<List<String>> checked(
            Row row, Map<String, Integer> columns, Function<Values, Supplier<List<String>>> question) {
        String where = file + " line " + row.line();
        int width = rows.get(0).record().size();
        if (row.record().size() != width) {
            throw InvalidDocument.at(where, width + " cells", row.record().size());
        }
        Map<String, String> cells = new HashMap<>();
        columns.forEach((name, column) -> cells.put(name, row.record().get(column)));
        return question.apply(new Values(cells, name -> where + ", " + name));
    }

    /** Refuses columns that look like part of the question or the answer, and would be handed through unread. */
    private void checkOthers(Set<String> wanted, List<String> added) {
        for (String column : header()) {
            Optional<String> name = meant(column);
            if (name.isPresent() && !wanted.contains(name.get())) {
                throw InvalidDocument.at(file.toString(), "no column " + name.get() + " beside the others", column);
            }
            if (name.isPresent() && !column.equals(name.get()) && !column.equals(SHORT.get(name.get()))) {
                throw InvalidDocument.at(file.toString(), "a column " + name.get(), column);
            }
            if (added.contains(plain(column))) {
                throw InvalidDocument.at(file.toString(), "no column named like one of the answers, " + added, column);
            }
        }
    }

    private List<String> header() {
        return rows.get(0).record().stream().map(String::strip).toList();
    }

    /** What a column is about, however its name is written. */
    private static Optional<String> meant(String column) {
        String plain = plain(column);
        return plain.equals("phase")
                ? Optional.of("phases")
                : NAMES.stream()
                        .filter(n -> plain.equals(n) || plain.equals(SHORT.get(n)))
                        .findFirst();
    }

    private static String plain(String column) {
        return column.toLowerCase(Locale.ROOT).replaceFirst("^-+", "").replaceAll("[\\s-]+", "_");
    }

    /** Column numbers by full name. */
    private Map<String, Integer> columns() {
        List<String> header = header();
        Map<String, Integer> columns = new HashMap<>();
        for (String name : NAMES) {
            List<String> found = header.stream()
                    .filter(c -> meant(c).equals(Optional.of(name)))
                    .toList();
            if (found.size() > 1) {
                throw InvalidDocument.at(file.toString(), "one column " + name, String.join(" and ", found));
            }
            if (found.size() == 1) {
                columns.put(name, header.indexOf(found.get(0)));
            }
        }
        return columns;
    }

    private static void print(PrintWriter out, Row row, List<String> more) {
        List<String> cells = new ArrayList<>(row.record().toList());
        cells.addAll(more);
        out.print(FORMAT.format(cells.toArray()) + "\n");
    }
}
