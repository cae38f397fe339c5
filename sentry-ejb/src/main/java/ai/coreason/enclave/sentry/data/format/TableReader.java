package ai.coreason.enclave.sentry.data.format;

import ai.coreason.enclave.base.InvalidDocument;
import ai.coreason.enclave.sentry.data.schema.Cells;
import ai.coreason.enclave.sentry.data.schema.Field;
import ai.coreason.enclave.sentry.data.schema.Findings;
import ai.coreason.enclave.sentry.data.schema.Lookalike;
import ai.coreason.enclave.sentry.data.schema.Row;
import ai.coreason.enclave.sentry.data.schema.Rule;
import java.io.EOFException;
import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.zip.ZipException;
import org.apache.commons.csv.CSVException;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;

/**
 * Reads a CSV file record by record and checks it against its schema. UTF-8, with or without a byte order mark, compressed
 * by gzip or not; a record has at most 1,048,576 characters. Memory grows by 8 bytes a record, and with columns of unique values. Not
 * thread-safe; one instance reads one file once.
 */
public final class TableReader {
    private static final int MAX_RECORD = 1 << 20;
    private static final int MAX_POSITIONS = 100;
    /** Of FNV-1a, of 64 bits. */
    private static final long PRIME = 0x100000001b3L;

    private static final int END_OF_CELL = 1 << 16;

    private final CsvTable table;
    private final Cells cells;
    /** Where each field stands in a record; -1 where it does not. */
    private final int[] columns;

    private int width;
    /** What the columns are called in the file, in its order. */
    private List<String> names;

    private long spanning;
    private long comments;
    private long namesAgain;
    private long firstNamesAgain;
    /** Of each record's cells, a number that is the same for the same cells and hardly ever for others. */
    private long[] prints = new long[1024];

    private int read;

    private TableReader(CsvTable table) {
        this.table = table;
        Set<String> missingValues = new HashSet<>(table.schema().missingValues());
        missingValues.addAll(table.missingTexts());
        this.cells = new Cells(table.schema(), missingValues);
        names = table.schema().fields().stream().map(Field::name).toList();
        width = names.size();
        columns = IntStream.range(0, width).toArray();
    }

    /**
     * Reads a whole file.
     *
     * @param rows is given every record that has the right number of cells, whether or not its values obey the schema
     * @return what does not obey
     * @throws InvalidDocument if it is not well-formed CSV in UTF-8; the message gives the line and nothing of it
     * @throws IOException if the file cannot be read
     */
    public static Findings read(Path file, CsvTable table, Consumer<Row> rows) throws IOException {
        try (Reader reader = Utf8Text.open(file)) {
            return readAll(reader, table, rows);
        } catch (CharacterCodingException e) {
            throw Utf8Text.refusal("file", file);
        } catch (EOFException | ZipException e) {
            throw Utf8Text.broken("file");
        }
    }

    static Findings read(Reader reader, CsvTable table, Consumer<Row> rows) throws IOException {
        try {
            return readAll(reader, table, rows);
        } catch (CharacterCodingException e) {
            throw Utf8Text.refusal("file");
        }
    }

    private static Findings readAll(Reader reader, CsvTable table, Consumer<Row> rows) throws IOException {
        try (BoundedReader bounded = BoundedReader.of(reader, MAX_RECORD);
                CSVParser parser = table.dialect().format().parse(bounded)) {
            return new TableReader(table).read(parser, bounded, rows);
        }
    }

    private Findings read(CSVParser parser, BoundedReader bounded, Consumer<Row> rows) throws IOException {
        try {
            Iterator<CSVRecord> records = parser.iterator();
            if (table.dialect().header()) {
                readHeader(records);
            }
            bounded.recordEnds();
            long[] line = {parser.getCurrentLineNumber() + 1};
            cells.tally().at(() -> "line " + line[0]);
            while (records.hasNext()) {
                CSVRecord record = records.next();
                line[0] += countComments(record.getComment());
                record(record, rows, line[0]);
                bounded.recordEnds();
                line[0] = parser.getCurrentLineNumber() + 1;
            }
            countComments(parser.getTrailerComment());
            return cells.tally().findings().noted(notes());
        } catch (UncheckedIOException e) {
            throw refusal(e.getCause(), parser.getCurrentLineNumber());
        }
    }

    /** Names in the header may be data where a header was forgotten, so an undeclared one is told by its position. */
    private void readHeader(Iterator<CSVRecord> records) {
        List<String> header = List.of();
        if (records.hasNext()) {
            CSVRecord first = records.next();
            countComments(first.getComment());
            header = first.toList();
        }
        Map<String, Integer> positions = new HashMap<>();
        Set<String> declared = table.schema().fields().stream().map(Field::name).collect(Collectors.toSet());
        width = header.size();
        names = header;
        for (int i = 0; i < width; i++) {
            String name = header.get(i);
            if (!declared.contains(name)) {
                cells.tally()
                        .violation(
                                i < MAX_POSITIONS ? "(column " + (i + 1) + ")" : "(further columns)", Rule.UNDECLARED);
                noteLookalike(i, name, declared);
            } else if (positions.putIfAbsent(name, i) != null) {
                cells.tally().violation(name, Rule.REPEATED);
            }
        }
        for (int i = 0; i < columns.length; i++) {
            String name = table.schema().fields().get(i).name();
            columns[i] = positions.getOrDefault(name, -1);
            if (columns[i] < 0) {
                cells.tally().violation(name, Rule.ABSENT);
            }
        }
    }

    /** Tells a declared name that an undeclared one looks like: the declared one is public. */
    private void noteLookalike(int column, String name, Set<String> declared) {
        if (column < MAX_POSITIONS) {
            Lookalike.of(name, declared)
                    .ifPresent(l -> cells.tally()
                            .note("column " + (column + 1) + " of the header looks like the declared " + l.text()
                                    + ", but " + l.words()));
        }
    }

    /**
     * Takes note of comments.
     *
     * @param text their lines; null where there are none
     * @return how many lines they are
     */
    private long countComments(String text) {
        long lines = text == null ? 0 : text.chars().filter(c -> c == '\n').count() + 1;
        comments += lines;
        return lines;
    }

    private void record(CSVRecord record, Consumer<Row> rows, long line) {
        boolean blankLine = record.size() == 1 && record.get(0).isEmpty() && width > 1;
        if (blankLine) {
            return;
        }
        cells.tally().row();
        if (record.size() != width) {
            cells.tally().violation(Findings.RECORD, Rule.CELLS);
            return;
        }
        if (statesNames(record)) {
            firstNamesAgain = namesAgain++ == 0 ? line : firstNamesAgain;
        }
        for (int i = 0; i < columns.length; i++) {
            if (columns[i] < 0) {
                cells.absent(i);
            } else {
                cells.set(i, record.get(columns[i]));
            }
        }
        look(record);
        rows.accept(cells.complete());
    }

    /** Whether a record is a header, as of a second file that was put behind the first. */
    private boolean statesNames(CSVRecord record) {
        return IntStream.range(0, width)
                .allMatch(
                        i -> record.get(i).strip().equalsIgnoreCase(names.get(i).strip()));
    }

    private void look(CSVRecord record) {
        long print = 0;
        boolean lines = false;
        for (String cell : record) {
            for (int i = 0; i < cell.length(); i++) {
                print = PRIME * (print ^ cell.charAt(i));
            }
            print = PRIME * (print ^ END_OF_CELL);
            lines |= cell.indexOf('\n') >= 0 || cell.indexOf('\r') >= 0;
        }
        spanning += lines ? 1 : 0;
        if (read == prints.length) {
            prints = Arrays.copyOf(prints, 2 * read);
        }
        prints[read++] = print;
    }

    /** What is worth a look though it obeys. */
    private List<String> notes() {
        List<String> notes = new ArrayList<>();
        if (comments > 0) {
            notes.add(comments
                    + " lines begin with the dialect's commentChar and were passed over: a record that begins with"
                    + " it is lost");
        }
        if (namesAgain > 0) {
            notes.add(namesAgain + " records are the names of the columns, the first on line " + firstNamesAgain + ": "
                    + (table.dialect().header()
                            ? "a second file may have been put behind the first with its header"
                            : "the dialect's header false says that the first line is a record"));
        }
        if (spanning > 0) {
            notes.add(spanning + " records have cells that go over several lines, as a quote that opens on one line and"
                    + " closes on another makes them: quoteChar null in the dialect reads files that do not quote");
        }
        Arrays.sort(prints, 0, read);
        long again =
                IntStream.range(1, read).filter(i -> prints[i] == prints[i - 1]).count();
        if (again > 0) {
            notes.add(again + " records stand there again, as they are: each counts");
        }
        return notes;
    }

    private static InvalidDocument refusal(IOException cause, long line) throws IOException {
        if (cause instanceof BoundedReader.TooLong) {
            return InvalidDocument.at("record", "at most " + MAX_RECORD + " characters near line " + line, "more");
        }
        if (cause instanceof CSVException) {
            return InvalidDocument.at("file", "well-formed CSV near line " + line, "a quote out of place");
        }
        throw cause;
    }
}
