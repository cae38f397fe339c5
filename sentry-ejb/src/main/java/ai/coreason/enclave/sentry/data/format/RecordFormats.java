package ai.coreason.enclave.sentry.data.format;

import ai.coreason.enclave.base.JsonFields;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** The formats that a data package may name. */
public final class RecordFormats {
    private static final Map<String, Function<JsonFields, RecordFormat>> KNOWN = new LinkedHashMap<>();

    static {
        KNOWN.put("csv", CsvTable::read);
        KNOWN.put("safetensors", TensorFile::read);
        KNOWN.put("fhir", FhirTable::read);
    }

    private RecordFormats() {}

    /**
     * Reads a resource's member {@code format}, and the members that the format it names has.
     *
     * @throws ai.coreason.enclave.base.InvalidDocument naming the first member that does not fit
     */
    public static RecordFormat read(JsonFields resource) {
        return KNOWN.get(resource.text("format", words(), KNOWN::containsKey)).apply(resource);
    }

    private static String words() {
        List<String> names = List.copyOf(KNOWN.keySet());
        int last = names.size() - 1;
        return String.join(", ", names.subList(0, last)) + " or " + names.get(last);
    }
}
