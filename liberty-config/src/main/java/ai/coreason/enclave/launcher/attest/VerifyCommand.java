package ai.coreason.enclave.launcher.attest;

import ai.coreason.enclave.base.InvalidDocument;
import ai.coreason.enclave.base.Json;
import ai.coreason.enclave.sentry.attestation.Anchors;
import ai.coreason.enclave.sentry.attestation.Appraisal;
import ai.coreason.enclave.sentry.attestation.Appraisal.Result;
import ai.coreason.enclave.sentry.attestation.Reason;
import ai.coreason.enclave.sentry.attestation.policy.EvidenceKind;
import ai.coreason.enclave.sentry.attestation.policy.TrustPolicy;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code enclave attest verify}: the verdict on evidence in folders. */
@Command(
        name = "verify",
        mixinStandardHelpOptions = true,
        description = {
            "Judges the evidence in each FOLDER, offline.",
            "Without --policy it is judged whether the evidence is genuine, and no more.",
            "A folder that lacks a main file, or cannot be read, is UNJUDGED; files that took no part are named.",
            "Exit 0 when all are VALID, 1 when one is INVALID, else 2 when one could not be judged."
        })
final class VerifyCommand implements Callable<Integer> {
    /** The names of all kinds, for the help. */
    static final class Kinds implements Iterable<String> {
        @Override
        public Iterator<String> iterator() {
            return List.of(EvidenceKind.names().split(", ")).iterator();
        }
    }

    private static final int INVALID = 1;
    private static final int UNJUDGED = 2;
    private static final String STRICT = "strict";

    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "FOLDER", arity = "1..*", description = "folders of one kind of evidence")
    private List<Path> folders;

    @Option(
            names = "--kind",
            required = true,
            paramLabel = "KIND",
            completionCandidates = Kinds.class,
            description = "the form of the evidence, one of ${COMPLETION-CANDIDATES}")
    private String kind;

    @Option(
            names = "--at",
            paramLabel = "TIME",
            description = "when certificates have to be valid, such as 2026-03-01T00:00:00Z; default: now")
    private String at;

    @Option(
            names = "--anchors",
            paramLabel = "DIR",
            description = "certificates in PEM that replace the built-in roots")
    private Path anchors;

    @Option(
            names = "--policy",
            paramLabel = "FILE",
            description = "what is demanded beyond that; strict: the built-in default")
    private String policy;

    @Option(names = "--json", description = "print one line of JSON a folder")
    private boolean json;

    @Override
    public Integer call() {
        EvidenceKind of = EvidenceKind.named(kind)
                .orElseThrow(() -> wrong("--kind: expected one of " + EvidenceKind.names() + ", got " + kind));
        Instant time = time();
        Anchors roots = roots();
        Optional<TrustPolicy> demanded = policy();
        PrintWriter out = spec.commandLine().getOut();
        Result worst = Result.VALID;
        for (Path folder : folders) {
            Appraisal appraisal = of.appraise(folder, roots, time, demanded);
            out.println(json ? line(appraisal) : text(folder, appraisal));
            out.flush();
            worst = worse(worst, appraisal.result());
        }
        return worst == Result.VALID ? 0 : worst == Result.INVALID ? INVALID : UNJUDGED;
    }

    private static Result worse(Result a, Result b) {
        return a == Result.INVALID || b == Result.VALID ? a : b;
    }

    private Instant time() {
        try {
            return at == null ? Instant.now() : Instant.parse(at);
        } catch (DateTimeParseException e) {
            throw wrong("--at: expected a time such as 2026-03-01T00:00:00Z, got " + at);
        }
    }

    private Anchors roots() {
        if (anchors != null && !Files.isDirectory(anchors)) {
            throw wrong("--anchors: expected a folder with certificates, got "
                    + (Files.exists(anchors) ? "a file" : "nothing") + " at " + anchors);
        }
        try {
            return anchors == null ? Anchors.builtIn() : Anchors.of(anchors);
        } catch (IOException e) {
            throw wrong("--anchors: expected a folder with certificates, got " + e.getMessage());
        }
    }

    private Optional<TrustPolicy> policy() {
        if (policy == null) {
            return Optional.empty();
        }
        if (policy.equals(STRICT)) {
            return Optional.of(TrustPolicy.strict());
        }
        try {
            return Optional.of(TrustPolicy.parse(Json.read(Files.readAllBytes(Path.of(policy)))));
        } catch (IOException e) {
            throw wrong("--policy: expected strict or a file, got " + policy + ", which cannot be read");
        } catch (InvalidDocument e) {
            throw wrong("--policy: " + policy + ": " + e.getMessage());
        }
    }

    private ParameterException wrong(String message) {
        return new ParameterException(spec.commandLine(), message);
    }

    private static String line(Appraisal appraisal) {
        ObjectNode o = Json.object().put("verdict", appraisal.result().name());
        ArrayNode reasons = o.putArray("reasons");
        appraisal.reasons().stream().map(Reason::toString).forEach(reasons::add);
        ArrayNode unused = o.putArray("unused");
        appraisal.unused().forEach(unused::add);
        o.put("measurement", appraisal.claims().measurement())
                .put("report_data", appraisal.claims().reportData())
                .put("product", appraisal.claims().product())
                .set("tcb", appraisal.claims().tcb());
        return new String(Json.write(o), StandardCharsets.UTF_8);
    }

    private static String text(Path folder, Appraisal appraisal) {
        StringBuilder out = new StringBuilder();
        out.append(appraisal.result()).append("  ").append(folder);
        appraisal
                .reasons()
                .forEach(r ->
                        out.append(System.lineSeparator()).append("  because ").append(r));
        claim(out, "not used", String.join(", ", appraisal.unused()));
        claim(out, "product", appraisal.claims().product());
        claim(out, "measurement", appraisal.claims().measurement());
        claim(out, "report data", appraisal.claims().reportData());
        claim(
                out,
                "versions",
                appraisal.claims().tcb().isEmpty()
                        ? ""
                        : appraisal.claims().tcb().toString());
        return out.toString();
    }

    private static void claim(StringBuilder out, String name, String value) {
        if (!value.isEmpty()) {
            out.append(System.lineSeparator())
                    .append("  ")
                    .append(name)
                    .append(' ')
                    .append(value);
        }
    }
}
