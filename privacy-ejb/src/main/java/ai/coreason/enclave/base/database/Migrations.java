package ai.coreason.enclave.base.database;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import org.flywaydb.core.api.ResourceProvider;
import org.flywaydb.core.api.resource.LoadableResource;

/**
 * The migrations that the file {@code migrations.txt} beside them names, a line each. They are read through the class loader by their
 * names: to look for them, Flyway would take addresses of jars apart, which fails in a folder whose name has a space, and finds
 * nothing at all where it has a plus. Thread-safe.
 */
final class Migrations implements ResourceProvider {
    private static final String LIST = "migrations.txt";

    private final ClassLoader loader;
    private final String folder;
    private final List<LoadableResource> files;

    private Migrations(ClassLoader loader, String folder) {
        this.loader = loader;
        this.folder = folder;
        this.files = list().stream().<LoadableResource>map(Migration::new).toList();
    }

    /**
     * The migrations in a folder of the class path.
     *
     * @throws IllegalStateException if there are none: that tables need nothing must not be taken from that
     */
    static Migrations in(ClassLoader loader, String folder) {
        return new Migrations(loader, folder);
    }

    private List<String> list() {
        try (BufferedReader lines = new BufferedReader(open(LIST))) {
            List<String> names =
                    lines.lines().map(String::strip).filter(l -> !l.isEmpty()).toList();
            if (names.isEmpty()) {
                throw new IllegalStateException(folder + "/" + LIST + ": expected at least one migration, got none");
            }
            return names;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Reader open(String name) {
        InputStream in = loader.getResourceAsStream(folder + "/" + name);
        if (in == null) {
            throw new IllegalStateException(folder + "/" + name + ": expected a file of the class path, got none");
        }
        return new InputStreamReader(in, StandardCharsets.UTF_8);
    }

    @Override
    public LoadableResource getResource(String name) {
        return files.stream()
                .filter(f -> f.getFilename().equals(name))
                .findFirst()
                .orElse(null);
    }

    @Override
    public Collection<LoadableResource> getResources(String prefix, String[] suffixes) {
        return files.stream()
                .filter(f -> f.getFilename().startsWith(prefix)
                        && Arrays.stream(suffixes).anyMatch(f.getFilename()::endsWith))
                .toList();
    }

    private final class Migration extends LoadableResource {
        private final String name;

        private Migration(String name) {
            this.name = name;
        }

        @Override
        public Reader read() {
            return open(name);
        }

        @Override
        public String getAbsolutePath() {
            return folder + "/" + name;
        }

        @Override
        public String getAbsolutePathOnDisk() {
            return getAbsolutePath();
        }

        @Override
        public String getFilename() {
            return name;
        }

        @Override
        public String getRelativePath() {
            return name;
        }
    }
}
