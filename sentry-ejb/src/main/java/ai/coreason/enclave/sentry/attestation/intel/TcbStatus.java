package ai.coreason.enclave.sentry.attestation.intel;

import java.util.Arrays;
import java.util.Optional;
import java.util.Set;

/** How current the firmware and microcode of a platform are, in Intel's words. */
public enum TcbStatus {
    /** The latest. */
    UP_TO_DATE("UpToDate"),
    /** The latest, and software has to mitigate something itself. */
    SW_HARDENING_NEEDED("SWHardeningNeeded"),
    /** The latest, and a setting of the platform has to be changed. */
    CONFIGURATION_NEEDED("ConfigurationNeeded"),
    /** Both of these. */
    CONFIGURATION_AND_SW_HARDENING_NEEDED("ConfigurationAndSWHardeningNeeded"),
    /** The domain was started under an older module than the one that runs now. */
    TD_RELAUNCH_ADVISED("TDRelaunchAdvised"),
    /** So it was, and a setting of the platform has to be changed. */
    TD_RELAUNCH_ADVISED_CONFIGURATION_NEEDED("TDRelaunchAdvisedConfigurationNeeded"),
    /** Something has to be updated. */
    OUT_OF_DATE("OutOfDate"),
    /** Something has to be updated, and a setting changed. */
    OUT_OF_DATE_CONFIGURATION_NEEDED("OutOfDateConfigurationNeeded"),
    /** Keys of such platforms are compromised. */
    REVOKED("Revoked"),
    /** No level that Intel lists is reached. No policy can accept this. */
    NOT_SUPPORTED("no TCB level");

    /** What Intel says of a platform. */
    static final Set<TcbStatus> OF_PLATFORM = Set.of(
            UP_TO_DATE,
            SW_HARDENING_NEEDED,
            CONFIGURATION_NEEDED,
            CONFIGURATION_AND_SW_HARDENING_NEEDED,
            OUT_OF_DATE,
            OUT_OF_DATE_CONFIGURATION_NEEDED,
            REVOKED);
    /** What Intel says of a TDX module or a quoting enclave. */
    static final Set<TcbStatus> OF_SOFTWARE = Set.of(UP_TO_DATE, OUT_OF_DATE, REVOKED);

    private final String wire;

    TcbStatus(String wire) {
        this.wire = wire;
    }

    /** As Intel writes it. */
    public String wire() {
        return wire;
    }

    /** The status that Intel writes so; empty if there is none. */
    public static Optional<TcbStatus> of(String wire) {
        return Arrays.stream(values()).filter(s -> s.wire.equals(wire)).findFirst();
    }

    /** This status of a platform, given that of a module or a quoting enclave on it: never better than either. */
    TcbStatus with(TcbStatus software) {
        if (this == NOT_SUPPORTED || software == NOT_SUPPORTED) {
            return NOT_SUPPORTED;
        }
        if (this == REVOKED || software == REVOKED) {
            return REVOKED;
        }
        if (software != OUT_OF_DATE) {
            return this;
        }
        return configurationNeeded() ? OUT_OF_DATE_CONFIGURATION_NEEDED : OUT_OF_DATE;
    }

    /** Whether a setting of the platform has to be changed. */
    boolean configurationNeeded() {
        return this == CONFIGURATION_NEEDED
                || this == CONFIGURATION_AND_SW_HARDENING_NEEDED
                || this == OUT_OF_DATE_CONFIGURATION_NEEDED
                || this == TD_RELAUNCH_ADVISED_CONFIGURATION_NEEDED;
    }
}
