package ai.coreason.enclave.launcher.ledger;

import ai.coreason.enclave.base.InvalidDocument;
import ai.coreason.enclave.base.Json;
import ai.coreason.enclave.launcher.terminal.UnusableFile;
import ai.coreason.enclave.privacy.ledger.LedgerCertificates;
import ai.coreason.enclave.privacy.ledger.audit.ExportVerifier;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.List;

/** The files that the commands are given. A file that cannot be used is the command line's fault. */
final class Inputs {
    private static final String LEDGER = "ledger.json";
    private static final long MAX_BYTES = 1L << 30;

    private Inputs() {}

    static String text(String option, Path file) throws IOException {
        return new String(bytes(option, file), StandardCharsets.UTF_8);
    }

    static JsonNode json(String option, Path file) throws IOException {
        byte[] bytes = bytes(option, file);
        try {
            return Json.read(bytes);
        } catch (InvalidDocument e) {
            throw UnusableFile.content(place(option, file), "a JSON document", e);
        }
    }

    static ExportVerifier.Export export(String option, Path file) throws IOException {
        JsonNode document = json(option, file);
        try {
            return ExportVerifier.read(document);
        } catch (IllegalArgumentException | InvalidDocument e) {
            throw UnusableFile.content(place(option, file), "an export of the ledger", e);
        }
    }

    static List<X509Certificate> certificates(String option, Path file) throws IOException {
        String text = text(option, file);
        try {
            return LedgerCertificates.parse(text);
        } catch (IllegalArgumentException e) {
            throw UnusableFile.content(place(option, file), "certificates in PEM", e);
        }
    }

    private static byte[] bytes(String option, Path file) throws IOException {
        UnusableFile.requireFile(place(option, file), file, LEDGER);
        long size = Files.size(file);
        if (size > MAX_BYTES) {
            throw InvalidDocument.at(place(option, file), "a file of at most " + MAX_BYTES + " bytes", size + " bytes");
        }
        return Files.readAllBytes(file);
    }

    /** A file's place on the command line: a parameter has no name of its own there. */
    private static String place(String option, Path file) {
        return option.startsWith("--") ? option + " " + file : file.toString();
    }
}
