package ai.coreason.enclave.node.site;

import ai.coreason.enclave.base.InvalidDocument;
import ai.coreason.enclave.base.JsonFields;
import java.nio.file.Path;
import java.util.List;

/** How a machine's GPU is asked for evidence: {@code gpu_evidence} of the site file. */
public sealed interface GpuInterface {
    /** What stands in a command for the nonce's hex. */
    String NONCE = "{nonce}";

    /**
     * A program that prints {@code {"report": base64, "certificates": base64 of PEM}}.
     *
     * @param words the program's absolute path and its arguments; one holds {@link #NONCE}. No shell reads them
     */
    record Command(List<String> words) implements GpuInterface {
        public Command {
            words = List.copyOf(words);
        }
    }

    /** @param path a folder whose {@code evidence.bin} and {@code cert_chain.pem} somebody keeps up to date */
    record Folder(Path path) implements GpuInterface {}

    /**
     * Reads the member.
     *
     * @throws InvalidDocument naming what is not as expected
     */
    static GpuInterface parse(JsonFields f, Path site) {
        if (f.has("command") == f.has("folder")) {
            throw InvalidDocument.at(f.at("command"), "either this or folder", f.has("command") ? "both" : "neither");
        }
        GpuInterface out = f.has("command") ? command(f) : new Folder(SiteFile.path(f, "folder", site));
        f.end();
        return out;
    }

    private static Command command(JsonFields f) {
        List<String> words = f.texts("command");
        boolean fits = !words.isEmpty()
                && words.get(0).startsWith("/")
                && words.stream().skip(1).anyMatch(w -> w.contains(NONCE));
        if (!fits) {
            throw InvalidDocument.at(
                    f.at("command"), "a program's absolute path and arguments, one with " + NONCE, words);
        }
        return new Command(words);
    }
}
