package ai.coreason.enclave.launcher;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilder;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.w3c.dom.Element;
import org.xml.sax.SAXException;

/** Prints a build's ten slowest test classes, of all modules, by the reports that the tests left. */
public final class SlowestTests {
    private static final int SHOWN = 10;

    /**
     * A class of tests.
     *
     * @param seconds of all its tests
     */
    record Timed(String name, int tests, double seconds) {}

    private SlowestTests() {}

    /**
     * Prints them.
     *
     * @param args the folder of the modules, and when the build began, as ISO 8601 has it: older reports are passed over
     */
    public static void main(String... args) throws IOException {
        print(read(Path.of(args[0]), Instant.parse(args[1])), System.out);
    }

    static void print(List<Timed> all, PrintStream out) {
        if (all.isEmpty()) {
            return;
        }
        double sum = all.stream().mapToDouble(Timed::seconds).sum();
        out.printf(Locale.ROOT, "Slowest of %d test classes, %.0f s in all:%n", all.size(), sum);
        all.stream()
                .sorted(Comparator.comparingDouble(Timed::seconds).reversed())
                .limit(SHOWN)
                .forEach(t -> out.printf(Locale.ROOT, "%8.1f s  %4d tests  %s%n", t.seconds(), t.tests(), t.name()));
    }

    static List<Timed> read(Path modules, Instant since) throws IOException {
        List<Timed> all = new ArrayList<>();
        try (Stream<Path> files = Files.find(modules, 4, (f, a) -> isReport(f))) {
            for (Path file : files.toList()) {
                if (!Files.getLastModifiedTime(file).toInstant().isBefore(since)) {
                    all.add(timed(file));
                }
            }
        }
        return all;
    }

    private static boolean isReport(Path file) {
        String folder = file.getParent().getFileName().toString();
        String name = file.getFileName().toString();
        return (folder.equals("surefire-reports") || folder.equals("failsafe-reports"))
                && name.startsWith("TEST-")
                && name.endsWith(".xml");
    }

    private static Timed timed(Path file) throws IOException {
        try {
            DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
            factory.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
            DocumentBuilder builder = factory.newDocumentBuilder();
            Element suite = builder.parse(file.toFile()).getDocumentElement();
            return new Timed(
                    suite.getAttribute("name"),
                    Integer.parseInt(suite.getAttribute("tests")),
                    Double.parseDouble(suite.getAttribute("time")));
        } catch (ParserConfigurationException | SAXException e) {
            throw new IOException(file + ": expected a report of tests", e);
        }
    }
}
