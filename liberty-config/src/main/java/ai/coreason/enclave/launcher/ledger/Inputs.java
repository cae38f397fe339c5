package ai.coreason.enclave.launcher.ledger;

import ai.coreason.enclave.base.InvalidDocument;
import ai.coreason.enclave.base.Json;
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
    private static final long MAX_BYTES = 1L << 30;

    private Inputs() {}

    static String text(String option, Path file) throws IOException {
        return new String(bytes(option, file), StandardCharsets.UTF_8);
    }

    static JsonNode json(String option, Path file) throws IOException {
        try {
            return Json.read(bytes(option, file));
        } catch (InvalidDocument e) {
            throw InvalidDocument.at(option, "a JSON document", file + ": " + e.getMessage());
        }
    }

    static ExportVerifier.Export export(String option, Path file) throws IOException {
        try {
            return ExportVerifier.read(json(option, file));
        } catch (IllegalArgumentException e) {
            throw InvalidDocument.at(option, "an export of the ledger, JSON", file + ": " + e.getMessage());
        }
    }

    static List<X509Certificate> certificates(String option, Path file) throws IOException {
        try {
            return LedgerCertificates.parse(text(option, file));
        } catch (IllegalArgumentException e) {
            throw InvalidDocument.at(option, "certificates in PEM", file.toString());
        }
    }

    private static byte[] bytes(String option, Path file) throws IOException {
        if (!Files.isRegularFile(file)) {
            throw InvalidDocument.at(option, "a file", "nothing at " + file);
        }
        long size = Files.size(file);
        if (size > MAX_BYTES) {
            throw InvalidDocument.at(option, "a file of at most " + MAX_BYTES + " bytes", size + " bytes");
        }
        return Files.readAllBytes(file);
    }
}
