package ai.coreason.enclave.sentry.data.format;

import ai.coreason.enclave.base.InvalidDocument;
import ai.coreason.enclave.base.JsonFields;
import ai.coreason.enclave.privacy.ledger.PrivacyUnit;
import ai.coreason.enclave.sentry.data.schema.Field;
import ai.coreason.enclave.sentry.data.schema.Findings;
import ai.coreason.enclave.sentry.data.schema.TableSchema;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A table whose records are FHIR R4 resources of one type: how its columns come from a record and from the other resources
 * of its patient. After the declared columns stands one more, {@value #PATIENT}, with the patient's identity, which no
 * encoding takes.
 *
 * @param resource the type of the records, such as {@code Observation}
 * @param where a path that leads somewhere for the resources that are records; all of the type where empty
 * @param columns how each declared column gets its values, in the schema's order
 * @param schema the declared columns and the patient
 */
public record FhirTable(String resource, Optional<FhirPath> where, List<FhirColumn> columns, TableSchema schema)
        implements RecordFormat {
    /** The name of the column of patients. */
    public static final String PATIENT = "patient";

    /** What is hidden where the owner says nothing: a patient, of whom a step uses one record. */
    private static final PrivacyUnit DEFAULT_UNIT = new PrivacyUnit(PATIENT, 1);

    /** Of files in a folder; letters may be capitals. */
    private static final Set<String> ENDINGS = new TreeSet<>(Set.of(".json", ".ndjson", ".json.gz", ".ndjson.gz"));

    private static final Pattern TYPE_NAME = Pattern.compile("[A-Z][A-Za-z]{0,63}+");

    /** Copies the list. */
    public FhirTable {
        columns = List.copyOf(columns);
    }

    /** Reads the members {@code schema} and {@code fhir} of a resource. */
    static FhirTable read(JsonFields resource) {
        JsonFields schemaFields = resource.object("schema");
        TableSchema declared = TableSchema.read(schemaFields);
        if (declared.field(PATIENT).isPresent()) {
            throw InvalidDocument.at(
                    schemaFields.at("fields"), "no field " + PATIENT + ": every record has one", "one");
        }
        JsonFields f = resource.object("fhir");
        String type =
                f.text("resource", "a type of resource such as Observation", t -> isType(t) && !t.equals("Bundle"));
        Optional<FhirPath> where = f.optionalText("where").map(p -> FhirPath.of(p, f.at("where")));
        JsonFields paths = f.object("columns");
        List<FhirColumn> columns = new ArrayList<>();
        for (Field field : declared.fields()) {
            columns.add(FhirColumn.read(
                    paths.any(field.name(), "a path for each field of the schema"), paths.at(field.name()), field));
        }
        paths.end();
        f.end();
        List<Field> all = new ArrayList<>(declared.fields());
        all.add(Field.text(PATIENT));
        return new FhirTable(type, where, columns, new TableSchema(all, declared.missingValues(), declared.keys()));
    }

    @Override
    public TableSchema layout() {
        return schema;
    }

    @Override
    public Findings read(List<Path> files, RecordSink sink) throws IOException {
        return FhirReader.read(files, this, sink::row);
    }

    @Override
    public Set<String> folderEndings() {
        return ENDINGS;
    }

    @Override
    public Optional<PrivacyUnit> defaultUnit() {
        return Optional.of(DEFAULT_UNIT);
    }

    @Override
    public Optional<String> ownerColumn() {
        return Optional.of(PATIENT);
    }

    @Override
    public void requireUnit(PrivacyUnit unit, String path) {
        boolean record = unit.column().isEmpty();
        if (!record && !unit.column().equals(PATIENT)) {
            throw InvalidDocument.at(path + ".column", PATIENT, unit.column());
        }
        if (record && patientTypes().contains(resource)) {
            throw InvalidDocument.at(path, "the patient, as $.patient." + resource + " is read", "record");
        }
    }

    /** Resources as objects, and what is looked up of them. */
    @Override
    public int memoryPerByte() {
        return 12;
    }

    /** Whether a text can name a type of resource. */
    public static boolean isType(String text) {
        return TYPE_NAME.matcher(text).matches();
    }

    /** The types of the patient's resources that a column or the filter reads. */
    public Set<String> patientTypes() {
        Set<String> types =
                columns.stream().flatMap(c -> c.path().type().stream()).collect(Collectors.toSet());
        where.flatMap(FhirPath::type).ifPresent(types::add);
        return types;
    }
}
