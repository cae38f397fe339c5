package ai.coreason.enclave.sentry.attestation.intel;

import ai.coreason.enclave.base.JsonFields;
import java.util.List;
import java.util.Optional;

/**
 * What Intel says of a TDX module or a quoting enclave from a security version on.
 *
 * @param isvSvn the least version, 0 to 65535
 * @param advisories the identifiers of what is known against it
 */
record SoftwareLevel(int isvSvn, TcbStatus status, List<String> advisories) {
    private static final int MOST = 1000;

    SoftwareLevel {
        advisories = List.copyOf(advisories);
    }

    /** Reads the member {@code tcbLevels}, the newest first. */
    static List<SoftwareLevel> read(JsonFields fields) {
        return Wire.someObjects(fields, "tcbLevels", MOST).stream()
                .map(level -> new SoftwareLevel(
                        (int) level.object("tcb").whole("isvsvn", 0, 65535),
                        Wire.status(level, TcbStatus.OF_SOFTWARE),
                        Wire.advisories(level)))
                .toList();
    }

    /** The first level that a version reaches; empty if it reaches none. */
    static Optional<SoftwareLevel> reached(List<SoftwareLevel> levels, int isvSvn) {
        return levels.stream().filter(l -> isvSvn >= l.isvSvn).findFirst();
    }
}
