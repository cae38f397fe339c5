package ai.coreason.enclave.launcher.privacy;

import ai.coreason.enclave.base.InvalidDocument;
import ai.coreason.enclave.base.JsonFields.Range;
import ai.coreason.enclave.privacy.accounting.Phase;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;

/**
 * What was given under each name, as text: the options of a command line, or the cells of a row. A value that is missing or
 * outside of its range is refused with {@link InvalidDocument}.
 *
 * @param naming what a name is called in an error
 */
record Values(Map<String, String> texts, UnaryOperator<String> naming) {
    private static final Pattern NUMBER = Pattern.compile("[+-]?(\\d+\\.?\\d*|\\.\\d+)([eE][+-]?\\d+)?");

    /** The phases {@code q:sigma:steps|...} where there are any, or else the one of the three single values. */
    List<Phase> phases() {
        if (!texts.containsKey("phases")) {
            return List.of(new Phase(samplingRate(), noiseMultiplier(), steps()));
        }
        List<Phase> phases = new ArrayList<>();
        long most = Long.MAX_VALUE;
        for (String text : text("phases").split("\\|", -1)) {
            String[] parts = text.split(":", -1);
            if (parts.length != 3) {
                throw refused("phases", "q:sigma:steps", text);
            }
            Values phase = new Values(
                    Map.of("sampling_rate", parts[0], "noise_multiplier", parts[1], "steps", parts[2]),
                    name -> naming.apply("phases") + " " + text + ", " + name);
            phases.add(new Phase(phase.samplingRate(), phase.noiseMultiplier(), phase.steps(most)));
            most -= phases.get(phases.size() - 1).steps();
        }
        return phases;
    }

    double samplingRate() {
        return number("sampling_rate", Range.rate());
    }

    double delta() {
        return number("delta", Range.openUnit());
    }

    double targetEpsilon() {
        return number("target_epsilon", Range.positive());
    }

    long steps() {
        return steps(Long.MAX_VALUE);
    }

    private double noiseMultiplier() {
        return number("noise_multiplier", Range.positive());
    }

    /** A whole number, which may be written as {@code 1e6} or {@code 10.0}. */
    private long steps(long most) {
        String text = text("steps");
        try {
            long steps = NUMBER.matcher(text).matches() ? new BigDecimal(text).longValueExact() : 0;
            if (steps >= 1 && steps <= most) {
                return steps;
            }
        } catch (ArithmeticException | NumberFormatException beyondLong) {
            // refused below
        }
        throw refused("steps", "a whole number in [1, " + most + "]", text);
    }

    private double number(String name, Range range) {
        String text = text(name);
        double value = NUMBER.matcher(text).matches() ? Double.parseDouble(text) : Double.NaN;
        if (!range.holds(value)) {
            throw refused(name, range.words(), text);
        }
        return value;
    }

    private String text(String name) {
        return texts.getOrDefault(name, "").strip();
    }

    private InvalidDocument refused(String name, String expected, String text) {
        return InvalidDocument.at(naming.apply(name), expected, text.isEmpty() ? "nothing" : text);
    }
}
