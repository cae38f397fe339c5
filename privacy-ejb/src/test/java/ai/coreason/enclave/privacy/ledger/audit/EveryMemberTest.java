package ai.coreason.enclave.privacy.ledger.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ai.coreason.enclave.base.InvalidDocument;
import ai.coreason.enclave.base.Json;
import ai.coreason.enclave.privacy.ledger.LedgerCertificates;
import ai.coreason.enclave.privacy.ledger.RealExport;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every member of a real export is changed, one at a time, and the whole is signed again, as an Overseer that lies would: each
 * change is found by what else stands there, by our verifier and by the auditor's own scripts.
 */
class EveryMemberTest {
    private static final Path SCRIPTS =
            Path.of("..", "docs", "audit").toAbsolutePath().normalize();

    @TempDir
    private static Path folder;

    private static RealExport ledgers;
    private static ObjectNode export;

    @BeforeAll
    static void open() {
        ledgers = new RealExport(folder);
        export = (ObjectNode) Json.read(Json.write(ledgers.document()));
    }

    @AfterAll
    static void close() {
        ledgers.close();
    }

    @Test
    void verify_realExport_holds() {
        Verdict verdict = verify(export);
        assertThat(verdict.holds()).as(verdict.toString()).isTrue();
        assertThat(export.path("rows")).hasSize(8);
    }

    @Test
    void verify_anyMemberChanged_isFound() {
        for (Change change : Change.all(export)) {
            assertThat(found(changed(change))).as(change.what()).isTrue();
        }
    }

    /** Nothing else depends on them; they are commentary that the Overseer alone answers for. */
    @Test
    void verify_commentaryChanged_isFoundByTheOverseersSignatureAlone() {
        for (Change change : List.of(
                new Change("time", e -> ((ObjectNode) e).put("time", "2026-11-25T00:00:00Z")),
                new Change("state", e -> ((ObjectNode) e.at("/rows/0")).put("state", "EXPIRED")))) {
            ObjectNode unsigned = export.deepCopy();
            change.onto().accept(unsigned);
            assertThat(found(unsigned)).as(change.what()).isTrue();
            assertThat(found(changed(change))).as(change.what()).isFalse();
        }
    }

    @Test
    void read_memberThatStandsTwice_isRefused() {
        String text = new String(Json.write(export), StandardCharsets.UTF_8);
        for (String member : List.of("\"format\":", "\"genesis\":", "\"steps\":", "\"class_name\":")) {
            String twice = text.replaceFirst(member, member + "1," + member);
            assertThat(found(twice)).as(member).isTrue();
        }
    }

    @Test
    void scripts_anyMemberChanged_isFoundByOneOfThem() throws Exception {
        assumeTools();
        Map<String, String> whatByFile = new TreeMap<>();
        List<Change> changes = sample(Change.all(export));
        for (int i = 0; i < changes.size(); i++) {
            Path file = folder.resolve(String.format(java.util.Locale.ROOT, "changed-%04d.json", i));
            Files.write(file, Json.write(changed(changes.get(i))));
            whatByFile.put(file.toString(), changes.get(i).what());
        }
        Path whole = folder.resolve("whole.json");
        Files.write(whole, Json.write(export));
        Path ca = folder.resolve("ca.pem");
        Files.writeString(ca, LedgerCertificates.pem(ledgers.authority()));
        List<String> files = new ArrayList<>(whatByFile.keySet());
        files.add(whole.toString());

        Set<String> byFigures = held(1, files, "recompute.py", List.of());
        Set<String> bySignatures = held(1, files, "signatures.py", List.of(ca.toString()));

        assertThat(byFigures).contains(whole.toString());
        assertThat(bySignatures).contains(whole.toString());
        List<String> missed = whatByFile.keySet().stream()
                .filter(f -> byFigures.contains(f) && bySignatures.contains(f))
                .map(whatByFile::get)
                .toList();
        assertThat(missed).isEmpty();
    }

    @Test
    void scripts_exportAsEditorsSaveIt_holds() throws Exception {
        assumeTools();
        List<String> files = encoded();
        Path ca = folder.resolve("authority.pem");
        Files.writeString(ca, LedgerCertificates.pem(ledgers.authority()));
        assertThat(held(0, files, "recompute.py", List.of())).containsExactlyInAnyOrderElementsOf(files);
        assertThat(held(0, files, "signatures.py", List.of(ca.toString()))).containsExactlyInAnyOrderElementsOf(files);
    }

    private static void assumeTools() throws Exception {
        boolean here = runs("python3", "--version") && runs("openssl", "version");
        assertThat(here || !"true".equals(System.getenv("CI")))
                .as("python3 and openssl")
                .isTrue();
        assumeTrue(here);
    }

    /** The same export as editors save it, which {@code ledger verify} reads. */
    private static List<String> encoded() throws IOException {
        String text = "\uFEFF" + new String(Json.write(export), StandardCharsets.UTF_8);
        List<String> files = new ArrayList<>();
        for (Charset charset : List.of(StandardCharsets.UTF_8, StandardCharsets.UTF_16LE, StandardCharsets.UTF_16BE)) {
            byte[] bytes = text.getBytes(charset);
            assertThat(Json.read(bytes)).isEqualTo(Json.read(Json.write(export)));
            files.add(Files.write(folder.resolve("encoded-" + charset + ".json"), bytes)
                    .toString());
        }
        return files;
    }

    /** All changes of one row of each kind and of everything beside rows. */
    private static List<Change> sample(List<Change> changes) {
        return changes.stream()
                .filter(c -> !c.what().matches("/rows/[0235]/.*"))
                .toList();
    }

    private static ObjectNode changed(Change change) {
        ObjectNode copy = export.deepCopy();
        change.onto().accept(copy);
        boolean own = change.what().matches("/(signer|signature) .*");
        return own ? copy : ledgers.resign(copy);
    }

    private static boolean found(ObjectNode document) {
        return found(new String(Json.write(document), StandardCharsets.UTF_8));
    }

    private static boolean found(String text) {
        try {
            return !verify(Json.read(text)).holds();
        } catch (InvalidDocument e) {
            return true;
        }
    }

    private static Verdict verify(JsonNode document) {
        return ExportVerifier.verify(
                ExportVerifier.read(document), Optional.of(List.of(ledgers.authority())), List.of());
    }

    /** The files that a script says hold. */
    private static Set<String> held(int code, List<String> files, String script, List<String> more) throws Exception {
        List<String> command =
                new ArrayList<>(List.of("python3", SCRIPTS.resolve(script).toString()));
        command.addAll(files);
        command.addAll(more);
        Path out = folder.resolve(script + ".out");
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(out.toFile())
                .start();
        assertThat(process.waitFor()).as(() -> lastLines(out)).isEqualTo(code);
        List<String> lines = Files.readAllLines(out);
        assertThat(lines.stream().filter(l -> l.matches(".*\\.json: (holds|DOES NOT HOLD).*")))
                .hasSameSizeAs(files);
        return lines.stream()
                .filter(l -> l.matches(".*\\.json: holds.*"))
                .map(l -> l.replaceFirst(": holds.*", ""))
                .collect(Collectors.toSet());
    }

    private static String lastLines(Path out) {
        try {
            List<String> lines = Files.readAllLines(out);
            return String.join("\n", lines.subList(Math.max(0, lines.size() - 10), lines.size()));
        } catch (IOException e) {
            return e.toString();
        }
    }

    private static boolean runs(String... command) throws InterruptedException {
        try {
            return new ProcessBuilder(command)
                            .redirectErrorStream(true)
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .start()
                            .waitFor()
                    == 0;
        } catch (IOException e) {
            return false;
        }
    }
}
