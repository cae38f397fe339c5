package ai.coreason.enclave.base.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import org.flywaydb.core.api.resource.LoadableResource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MigrationsTest {
    @TempDir
    private Path folder;

    private URLClassLoader jar(String below, String list) throws IOException {
        Path jar = Files.createDirectories(folder.resolve(below)).resolve("a.jar");
        try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar))) {
            put(out, "db/some/migrations.txt", list);
            put(out, "db/some/V1__first.sql", "create table a (b int);\n");
        }
        return new URLClassLoader(new URL[] {jar.toUri().toURL()}, null);
    }

    private static void put(JarOutputStream out, String name, String text) throws IOException {
        out.putNextEntry(new JarEntry(name));
        out.write(text.getBytes(java.nio.charset.StandardCharsets.UTF_8));
        out.closeEntry();
    }

    @ParameterizedTest
    @ValueSource(strings = {"plain", "my runs", "r+x", "r%41x", "l\u00e4ufe", "a b+c \u00fc%20#1"})
    void getResources_jarInAnyFolder_areReadByTheirNames(String below) throws IOException {
        try (URLClassLoader loader = jar(below, "V1__first.sql\n")) {
            Migrations migrations = Migrations.in(loader, "db/some");

            assertThat(migrations.getResources("V", new String[] {".sql"}))
                    .singleElement()
                    .satisfies(m -> assertThat(text(m)).isEqualTo("create table a (b int);"));
            assertThat(migrations.getResources("R", new String[] {".sql"})).isEmpty();
            assertThat(migrations.getResource("V1__first.sql")).isNotNull();
            assertThat(migrations.getResource("V2__second.sql")).isNull();
        }
    }

    private static String text(LoadableResource migration) throws IOException {
        try (BufferedReader lines = new BufferedReader(migration.read())) {
            return lines.readLine();
        }
    }

    @Test
    void in_listWithoutAnyOrNoList_isRefused() throws IOException {
        try (URLClassLoader loader = jar("plain", " \n")) {
            assertThatThrownBy(() -> Migrations.in(loader, "db/some"))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("db/some/migrations.txt: expected at least one migration, got none");
            assertThatThrownBy(() -> Migrations.in(loader, "db/other"))
                    .hasMessage("db/other/migrations.txt: expected a file of the class path, got none");
        }
    }

    /** Or a migration that somebody adds would never be made. */
    @Test
    void lists_ofAllModules_nameWhatLiesBesideThem() throws IOException {
        Path root = Path.of("..").toRealPath();
        List<Path> lists;
        try (Stream<Path> all = Files.find(
                root, 8, (p, a) -> p.endsWith("migrations.txt") && p.toString().contains("/src/"))) {
            lists = all.toList();
        }
        assertThat(lists).hasSizeGreaterThanOrEqualTo(5);
        for (Path list : lists) {
            try (Stream<Path> beside = Files.list(list.getParent())) {
                assertThat(Files.readAllLines(list))
                        .as(list.toString())
                        .containsExactlyInAnyOrderElementsOf(
                                beside.map(p -> p.getFileName().toString())
                                        .filter(n -> n.endsWith(".sql"))
                                        .toList());
            }
        }
    }
}
