package ai.coreason.enclave.sentry.data;

import ai.coreason.enclave.base.InvalidDocument;
import ai.coreason.enclave.base.JsonFields;
import ai.coreason.enclave.privacy.ledger.Dataset;
import ai.coreason.enclave.sentry.contract.PublicDictionary;
import ai.coreason.enclave.sentry.data.format.RecordFormat;
import ai.coreason.enclave.sentry.data.format.RecordFormats;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;

/**
 * One source of a Data Package: where it lies, how it is read, and what its owner registered.
 *
 * @param name the resource's name, which is the node's id in a simulation
 * @param path where the file lies, or the folder of files, relative to the package's folder, with forward slashes
 * @param format how it is written
 * @param dataset what its owner registered
 */
public record DataResource(String name, String path, RecordFormat format, Dataset dataset) {
    /** Members that only describe. */
    private static final List<String> COMMENTARY = List.of(
            "title",
            "description",
            "mediatype",
            "profile",
            "$schema",
            "homepage",
            "sources",
            "licenses",
            "contributors",
            "keywords",
            "version",
            "created",
            "$comment");

    /**
     * What its columns or tensors mean to whoever trains on several sites' resources: all of them that a job can name, so
     * not the one that says whose a record is.
     */
    public PublicDictionary dictionary() {
        return new PublicDictionary(format.layout().published(format.missingTexts()).stream()
                .filter(f -> !namesUnits(f.name()))
                .toList());
    }

    /** Whether a column or tensor says whose a record is. */
    public boolean namesUnits(String name) {
        return name.equals(dataset.unit().column())
                || format.ownerColumn().filter(name::equals).isPresent();
    }

    /** Reads a resource; members that only describe are passed over, every other that is not understood is refused. */
    static DataResource read(JsonNode json, String path) {
        JsonFields f = JsonFields.of(json, path);
        String name = f.identifier("name");
        if (f.has("data")) {
            throw InvalidDocument.notAllowed(f.at("data"), "here: name one plain file in path");
        }
        String file =
                f.text("path", "a relative path of a file, without .. and with forward slashes", PackageFolder::isSafe);
        RecordFormat format = RecordFormats.read(f);
        requireForm(f, format);
        JsonFields coreason = f.object("coreason");
        Dataset dataset = format.defaultUnit()
                .map(unit -> Dataset.parse(coreason, unit))
                .orElseGet(() -> Dataset.parse(coreason));
        coreason.end();
        format.requireUnit(dataset.unit(), coreason.at("privacy_unit"));
        COMMENTARY.forEach(f::has);
        f.end();
        return new DataResource(name, file, format, dataset);
    }

    /** Members that say again how the file is written. */
    private static void requireForm(JsonFields f, RecordFormat format) {
        if (f.has("compression") && format.compressible()) {
            f.text("compression", "gz", "gz"::equals);
        }
        if (f.has("scheme")) {
            f.text("scheme", "file", "file"::equals);
        }
        if (f.has("type")) {
            f.text("type", "table", "table"::equals);
        }
        if (f.has("encoding")) {
            f.text("encoding", "utf-8", s -> s.equalsIgnoreCase("utf-8") || s.equalsIgnoreCase("utf8"));
        }
    }
}
