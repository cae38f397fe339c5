package ai.coreason.enclave.launcher.simulate.preflight;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** What a check found, in sentences: problems, which nothing may start with, and notes, which are worth a look. Not thread-safe. */
public final class PreflightReport {
    private final Set<String> problems = new LinkedHashSet<>();
    private final Set<String> notes = new LinkedHashSet<>();

    /** Keeps a problem, once. */
    public void problem(String sentence) {
        problems.add(sentence);
    }

    /** Keeps a note, once. */
    public void note(String sentence) {
        notes.add(sentence);
    }

    /** The problems in the order in which they were found. */
    public List<String> problems() {
        return new ArrayList<>(problems);
    }

    /** The notes in the order in which they were made. */
    public List<String> notes() {
        return new ArrayList<>(notes);
    }
}
