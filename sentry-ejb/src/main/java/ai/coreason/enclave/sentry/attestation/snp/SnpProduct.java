package ai.coreason.enclave.sentry.attestation.snp;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A line of processors that has one root key (AMD 57230, section 3); Bergamo and Siena belong to Genoa's line. */
public enum SnpProduct {
    /** EPYC 7003. */
    MILAN("Milan"),
    /** EPYC 9004, 8004 and 97x4. */
    GENOA("Genoa"),
    /** EPYC 9005. */
    TURIN("Turin");

    /** What a certificate calls it, with or without a stepping: {@code Milan-B0}. */
    private static final Pattern NAME = Pattern.compile("(Milan|Genoa|Turin)(-[A-Z][0-9])?");

    private final String label;

    SnpProduct(String label) {
        this.label = label;
    }

    /** The name that AMD gives it, such as {@code Milan}. */
    public String label() {
        return label;
    }

    /** Bytes of the identifier in its certificates: the first ones of a report's {@code CHIP_ID}, the others are zero. */
    int hwIdBytes() {
        return this == TURIN ? 8 : 64;
    }

    /** The product of a certificate's product name. */
    static Optional<SnpProduct> ofName(String name) {
        Matcher m = NAME.matcher(name);
        return m.matches() ? ofLabel(m.group(1)) : Optional.empty();
    }

    /** The product of a label. */
    public static Optional<SnpProduct> ofLabel(String label) {
        for (SnpProduct product : values()) {
            if (product.label.equals(label)) {
                return Optional.of(product);
            }
        }
        return Optional.empty();
    }

    /**
     * The product of a processor.
     *
     * @param family combined family of CPUID function 1
     * @param model combined model of CPUID function 1
     */
    static Optional<SnpProduct> ofProcessor(int family, int model) {
        if (family == 0x19) {
            return switch (model >> 4) {
                case 0x0 -> Optional.of(MILAN);
                case 0x1, 0xa -> Optional.of(GENOA);
                default -> Optional.empty();
            };
        }
        return family == 0x1a && model <= 0x11 ? Optional.of(TURIN) : Optional.empty();
    }
}
