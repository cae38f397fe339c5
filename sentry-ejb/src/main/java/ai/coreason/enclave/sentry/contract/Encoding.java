package ai.coreason.enclave.sentry.contract;

import ai.coreason.enclave.base.JsonFields;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/** How a field becomes numbers that a model takes. Wire names are lower case. */
public enum Encoding {
    /** The number as it is. */
    IDENTITY,
    /** To [0, 1] by the schema's, or the job's, minimum and maximum. */
    MIN_MAX,
    /** (v - mean) / std with public mean and std. */
    STANDARDISE,
    /** One 0/1 column for each value of the schema's enum, or of the job's order. */
    ONE_HOT,
    /** 0 or 1, or the place among two values. */
    BINARY,
    /** The place in the schema's enum or the job's order, or a tensor's own class index. */
    CLASS,
    /** A tensor, times an optional public scale. */
    TENSOR;

    /** Encodings of a feature. */
    static final Set<Encoding> FEATURE = EnumSet.of(IDENTITY, MIN_MAX, STANDARDISE, ONE_HOT, BINARY, TENSOR);
    /** Encodings of a label. */
    static final Set<Encoding> LABEL = EnumSet.of(IDENTITY, MIN_MAX, STANDARDISE, BINARY, CLASS);

    /** Encodings of a number between bounds. */
    static final Set<Encoding> BOUNDED = EnumSet.of(IDENTITY, MIN_MAX, STANDARDISE);
    /** Encodings by the place of a value among others. */
    public static final Set<Encoding> ORDERED = Collections.unmodifiableSet(EnumSet.of(ONE_HOT, BINARY, CLASS));

    /** The name in JSON. */
    public String wire() {
        return name().toLowerCase(Locale.ROOT);
    }

    static Encoding read(JsonFields f, String name, Set<Encoding> allowed) {
        String words = "one of " + allowed.stream().map(Encoding::wire).collect(Collectors.joining(", "));
        String text =
                f.text(name, words, s -> allowed.stream().anyMatch(e -> e.wire().equals(s)));
        return Arrays.stream(values())
                .filter(e -> e.wire().equals(text))
                .findFirst()
                .orElseThrow();
    }
}
