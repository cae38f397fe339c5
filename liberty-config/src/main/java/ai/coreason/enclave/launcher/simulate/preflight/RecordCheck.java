package ai.coreason.enclave.launcher.simulate.preflight;

import ai.coreason.enclave.base.InvalidDocument;
import ai.coreason.enclave.sentry.contract.FederationJob;
import ai.coreason.enclave.sentry.contract.PublicField;
import ai.coreason.enclave.sentry.data.DataPackage;
import ai.coreason.enclave.sentry.data.DataResource;
import ai.coreason.enclave.sentry.data.format.RecordSink;
import ai.coreason.enclave.sentry.data.schema.Findings;
import ai.coreason.enclave.sentry.data.schema.Rule;
import ai.coreason.enclave.sentry.data.schema.Tensors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * Reads the records of one site as its node will, and says in plain text where they depart from their schema: file, line,
 * column and what was expected, never a value. Where they do not, it notes what the node's log would tell the site's people.
 * Not thread-safe; one instance reads one resource.
 */
public final class RecordCheck {
    private static final int SHOWN_VALUES = 12;

    private final DataPackage data;
    private final DataResource resource;
    private final Optional<FederationJob> job;

    /** @param job what reads the records; empty where it does not fit them, or there is none */
    RecordCheck(DataPackage data, DataResource resource, Optional<FederationJob> job) {
        this.data = data;
        this.resource = resource;
        this.job = job;
    }

    /**
     * Reads all records. A file that is too large for this process's memory is left to its node, and a note says so; one whose
     * reading stays flat never is, but what the job makes of its records may be.
     *
     * @param bytes the files' size in memory
     */
    void into(PreflightReport report, long bytes) {
        String name = resource.path();
        long left = Runtime.getRuntime().maxMemory() - bytes * resource.format().memoryPerByte();
        if (left < 0) {
            report.note(name + ": " + (bytes >> 20) + " MiB, too large to be checked here; its node checks it");
            return;
        }
        try {
            NodeLook look = new NodeLook(job, resource, left);
            Findings found = read(data, resource, look);
            List<String> problems = problems(found);
            problems.forEach(report::problem);
            if (problems.isEmpty()) {
                look.notes(found).forEach(note -> report.note(resource.name() + ", " + name + ": " + note));
            }
        } catch (InvalidDocument e) {
            report.problem(name + ": " + e.getMessage());
        } catch (IOException e) {
            report.problem(name + ": expected a file that can be read, got "
                    + e.getClass().getSimpleName());
        }
    }

    private static Findings read(DataPackage data, DataResource resource, RecordSink sink) throws IOException {
        List<String> passedOver = data.passedOver(resource);
        return resource.format().read(data.files(resource), sink).noted(passedOver);
    }

    /**
     * What is wrong with the records of a resource that no node trains on, one problem each; also that there are none.
     *
     * @param notes takes what is worth a look where nothing is wrong
     * @throws InvalidDocument if the file is not of its format
     * @throws IOException if it cannot be read
     */
    public static List<String> problems(DataPackage data, DataResource resource, Consumer<String> notes)
            throws IOException {
        Findings found = read(data, resource, RecordSink.NONE);
        if (found.rows() == 0) {
            return List.of("expected at least one record, got none");
        }
        List<String> problems = new RecordCheck(data, resource, Optional.empty()).problems(found);
        if (problems.isEmpty()) {
            found.notes().forEach(notes);
        }
        return problems;
    }

    private List<String> problems(Findings found) {
        List<String> all = new ArrayList<>();
        String unit = resource.dataset().unit().column();
        if (!unit.isEmpty() && found.missing(unit) > 0) {
            all.add(resource.path() + ": column " + unit
                    + ": expected in every record, as it says whose the record is; missing in " + found.missing(unit));
        }
        found.violations()
                .forEach((column, rules) ->
                        rules.forEach((rule, count) -> all.add(problem(found, column, rule, count))));
        return all;
    }

    private String problem(Findings found, String column, Rule rule, long count) {
        Optional<PublicField> field = resource.dictionary().fields().stream()
                .filter(f -> f.name().equals(column))
                .findFirst();
        boolean whole = column.startsWith("(");
        String what = whole ? column.substring(1, column.length() - 1) : "column " + column;
        String often = count == 1 ? "once" : count + " times";
        String where = first(found, column, rule)
                .map(place -> (count == 1 ? ", on " : ", first on ") + place)
                .orElse("");
        return resource.path() + ": " + what + ": expected " + expected(rule, field) + " (" + often + where + ")";
    }

    /** Findings give the place of the first as a note of their own. */
    private static Optional<String> first(Findings found, String column, Rule rule) {
        String start = column + ": " + rule + " first on ";
        return found.notes().stream()
                .filter(note -> note.startsWith(start))
                .map(note -> note.substring(start.length()))
                .findFirst();
    }

    private String expected(Rule rule, Optional<PublicField> field) {
        String thing = resource.format().layout() instanceof Tensors ? "tensor" : "column";
        return switch (rule) {
            case REQUIRED -> "a value, got none";
            case TYPE -> field.map(f -> "the type " + f.type()).orElse("the declared type") + ", got another";
            case MINIMUM ->
                "at least "
                        + field.map(f -> number(f.minimum().orElse(Double.NaN))).orElse("the minimum") + ", got less";
            case MAXIMUM ->
                "at most "
                        + field.map(f -> number(f.maximum().orElse(Double.NaN))).orElse("the maximum") + ", got more";
            case ENUM -> "one of " + field.map(RecordCheck::values).orElse("the declared values") + ", got another";
            case UNIQUE -> "every value once, got one again";
            case LENGTH -> "a text of the declared length, got a shorter or a longer one";
            case ABSENT -> "a " + thing + " of this name, got none";
            case UNDECLARED -> "a " + thing + " that the schema declares, got another";
            case REPEATED -> "every name once in the header, got this one again";
            case CELLS -> "as many cells as there are columns, got more or fewer";
            case SHAPE -> "the declared shape, got another";
        };
    }

    private static String values(PublicField field) {
        String shown = field.values().stream()
                .limit(SHOWN_VALUES)
                .map(v -> v instanceof Double d ? number(d) : InvalidDocument.shown((String) v))
                .collect(Collectors.joining(", "));
        return field.values().size() > SHOWN_VALUES ? shown + ", …" : shown;
    }

    private static String number(double v) {
        return v == Math.rint(v) && Math.abs(v) < 1e15 ? String.format(Locale.ROOT, "%.0f", v) : Double.toString(v);
    }

    /** The size of a resource's files in memory: records that gzip holds are about ten times as long. */
    static long bytes(List<Path> files) throws IOException {
        long bytes = 0;
        for (Path file : files) {
            boolean packed = file.toString().toLowerCase(Locale.ROOT).endsWith(".gz");
            bytes += Files.size(file) * (packed ? 10 : 1);
        }
        return bytes;
    }
}
