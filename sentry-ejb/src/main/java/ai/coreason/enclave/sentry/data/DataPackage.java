package ai.coreason.enclave.sentry.data;

import ai.coreason.enclave.base.InvalidDocument;
import ai.coreason.enclave.base.Json;
import ai.coreason.enclave.base.JsonFields;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A site's data dictionary: a Frictionless Data Package, whose resources each say where a file lies, how it is read,
 * what its values obey and what its owner registered. Immutable and thread-safe.
 *
 * <p>Members that only describe are passed over, as the specification allows; every other that is not understood is
 * refused. Source: Data Package, Data Resource, Table Schema and CSV
 * Dialect of specs.frictionlessdata.io.
 */
public final class DataPackage {
    /** Members that only describe. */
    static final List<String> COMMENTARY = List.of(
            "name",
            "id",
            "title",
            "description",
            "version",
            "created",
            "licenses",
            "sources",
            "contributors",
            "keywords",
            "image",
            "homepage",
            "profile",
            "$schema",
            "$comment");

    /** Longest descriptor that is read. */
    public static final int MAX_BYTES = 10 << 20;

    private static final int MAX_RESOURCES = 10_000;

    private final PackageFolder folder;
    private final List<DataResource> resources;

    private DataPackage(PackageFolder folder, List<DataResource> resources) {
        this.folder = folder;
        this.resources = resources;
    }

    /**
     * Reads {@code datapackage.json}, and checks that every resource is of plain files within its folder and that no two
     * of them have one file.
     *
     * @param descriptor the file
     * @throws InvalidDocument naming the first member that does not fit
     * @throws IOException if the file cannot be read
     */
    public static DataPackage read(Path descriptor) throws IOException {
        if (Files.size(descriptor) > MAX_BYTES) {
            throw InvalidDocument.at("", "at most " + MAX_BYTES + " bytes", Files.size(descriptor));
        }
        Path folder = descriptor.toAbsolutePath().getParent();
        DataPackage read = parse(Json.read(Files.readAllBytes(descriptor)), folder);
        read.requireDistinctFiles();
        return read;
    }

    /**
     * Reads a descriptor without touching the files that it names.
     *
     * @param folder where it lies
     * @throws InvalidDocument naming the first member that does not fit
     */
    public static DataPackage parse(JsonNode json, Path folder) {
        StatedNulls.refuse(json, "");
        JsonFields f = JsonFields.of(json, "");
        List<DataResource> resources = f.list("resources", "an array of resources", DataResource::read);
        COMMENTARY.forEach(f::has);
        f.end();
        if (resources.isEmpty() || resources.size() > MAX_RESOURCES) {
            throw InvalidDocument.at("resources", "1 to " + MAX_RESOURCES + " resources", resources.size());
        }
        Map<String, Integer> names = new HashMap<>();
        for (int i = 0; i < resources.size(); i++) {
            String name = resources.get(i).name();
            if (names.put(name, i) != null) {
                throw InvalidDocument.at("resources[" + i + "].name", "every name once", name);
            }
        }
        return new DataPackage(new PackageFolder(folder), resources);
    }

    /** The resources in the package's order. */
    public List<DataResource> resources() {
        return resources;
    }

    /** The resource of that name. */
    public Optional<DataResource> resource(String name) {
        return resources.stream().filter(r -> r.name().equals(name)).findFirst();
    }

    /**
     * Where a resource's file, or the folder of its files, lies, every link resolved.
     *
     * @throws InvalidDocument if it is not, or no longer, there within the package's folder
     * @throws IOException if the file system fails
     */
    public Path file(DataResource resource) throws IOException {
        return resource.format().folderEndings().isEmpty()
                ? folder.locate(resource.path(), at(resource))
                : folder.locateEither(resource.path(), at(resource));
    }

    /**
     * The files of a resource, every link resolved, by name: one, but where its format takes a folder of files.
     *
     * @throws InvalidDocument if one is not, or no longer, a plain file within the package's folder
     * @throws IOException if the file system fails
     */
    public List<Path> files(DataResource resource) throws IOException {
        Set<String> endings = resource.format().folderEndings();
        return endings.isEmpty() ? List.of(file(resource)) : folder.locateAll(resource.path(), at(resource), endings);
    }

    /**
     * What lies beside a resource's files in their folder and is not read, in sentences for the site's people.
     *
     * @throws InvalidDocument if the folder is no longer there
     * @throws IOException if the file system fails
     */
    public List<String> passedOver(DataResource resource) throws IOException {
        Set<String> endings = resource.format().folderEndings();
        return endings.isEmpty() ? List.of() : folder.passedOver(resource.path(), at(resource), endings);
    }

    private String at(DataResource resource) {
        return "resources[" + resources.indexOf(resource) + "].path";
    }

    /** Two datasets over one source could spend its budget twice; one source twice in a dataset would count twice. */
    private void requireDistinctFiles() throws IOException {
        Map<Object, String> seen = new HashMap<>();
        for (DataResource resource : resources) {
            for (Path file : files(resource)) {
                Object key =
                        Files.readAttributes(file, BasicFileAttributes.class).fileKey();
                String other = seen.put(key == null ? file : key, resource.name());
                if (other != null) {
                    boolean one = resource.format().folderEndings().isEmpty();
                    Path shown = one ? file.getFileName() : Path.of(resource.path());
                    throw InvalidDocument.at(at(resource), "another file than that of resource " + other, shown);
                }
            }
        }
    }
}
