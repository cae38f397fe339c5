package ai.coreason.enclave.sentry.data.schema;

import java.text.Normalizer;
import java.util.Collection;
import java.util.Locale;
import java.util.Optional;

/**
 * A text that a reader takes for another one: written in another Unicode form, or with other letters' case or spaces.
 *
 * @param text the one that it looks like
 * @param words how it differs
 */
public record Lookalike(String text, String words) {
    /** The one of some texts that a text looks like; empty where it is one of them or like none. */
    public static Optional<Lookalike> of(String text, Collection<String> known) {
        if (known.contains(text)) {
            return Optional.empty();
        }
        Optional<String> composed =
                known.stream().filter(k -> normal(k).equals(normal(text))).findFirst();
        if (composed.isPresent()) {
            return composed.map(
                    k -> new Lookalike(
                            k,
                            "with letters in another Unicode form (one precomposed, the other letter and mark): save both as NFC"));
        }
        return known.stream()
                .filter(k -> folded(k).equals(folded(text)))
                .findFirst()
                .map(k -> new Lookalike(k, "with other spaces or letters of another case"));
    }

    private static String normal(String text) {
        return Normalizer.normalize(text, Normalizer.Form.NFC);
    }

    private static String folded(String text) {
        String compatible = Normalizer.normalize(text, Normalizer.Form.NFKC);
        return compatible.toUpperCase(Locale.ROOT).replaceAll("[\\s\\p{Z}\\p{Cf}]+", "");
    }
}
