package ai.coreason.enclave.sentry.attestation.snp;

import java.util.Comparator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A version of SNP firmware.
 *
 * @param major of its interface, [0, 255]
 * @param minor of its interface, [0, 255]
 * @param build [0, 255]
 */
public record SnpFirmware(int major, int minor, int build) implements Comparable<SnpFirmware> {
    private static final Pattern FORM = Pattern.compile("(\\d{1,3})\\.(\\d{1,3})\\.(\\d{1,3})");
    private static final Comparator<SnpFirmware> ORDER = Comparator.comparingInt(SnpFirmware::major)
            .thenComparingInt(SnpFirmware::minor)
            .thenComparingInt(SnpFirmware::build);

    /** Whether a text is one, such as {@code 1.55.29}. */
    static boolean isForm(String text) {
        Matcher m = FORM.matcher(text);
        return m.matches()
                && Integer.parseInt(m.group(1)) <= 0xff
                && Integer.parseInt(m.group(2)) <= 0xff
                && Integer.parseInt(m.group(3)) <= 0xff;
    }

    /**
     * Reads what {@link #toString()} writes.
     *
     * @throws IllegalArgumentException if it is not of that form
     */
    static SnpFirmware parse(String text) {
        if (!isForm(text)) {
            throw new IllegalArgumentException("firmware: expected MAJOR.MINOR.BUILD, got " + text);
        }
        String[] parts = text.split("\\.");
        return new SnpFirmware(Integer.parseInt(parts[0]), Integer.parseInt(parts[1]), Integer.parseInt(parts[2]));
    }

    @Override
    public int compareTo(SnpFirmware other) {
        return ORDER.compare(this, other);
    }

    @Override
    public String toString() {
        return major + "." + minor + "." + build;
    }
}
