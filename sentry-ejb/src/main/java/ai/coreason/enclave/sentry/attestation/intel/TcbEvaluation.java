package ai.coreason.enclave.sentry.attestation.intel;

import java.util.HexFormat;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Function;

/**
 * How current a platform is by Intel's collateral, by the algorithm of Intel's Quote Verification Library
 * ({@code checkTcbLevel}). Immutable and thread-safe.
 *
 * @param status of all together
 * @param platform of processor and firmware
 * @param module of the TDX module; up to date where it has none of its own
 * @param quotingEnclave of the enclave that signed
 * @param advisories the identifiers of what is known against any of them
 */
record TcbEvaluation(
        TcbStatus status, TcbStatus platform, TcbStatus module, TcbStatus quotingEnclave, TreeSet<String> advisories) {

    TcbEvaluation {
        advisories = new TreeSet<>(advisories);
    }

    static TcbEvaluation of(TcbInfo info, QeIdentity identity, PckPlatform platform, QuoteBody body, EnclaveReport qe) {
        Optional<TcbLevel> sgx =
                info.levels().stream().filter(l -> l.reachedBy(platform)).findFirst();
        Optional<TcbLevel> level = body instanceof TdReport td
                ? info.levels().stream()
                        .filter(l -> l.reachedBy(platform) && l.reachedBy(td.teeTcbSvn()))
                        .findFirst()
                : sgx;
        Optional<SoftwareLevel> enclave = SoftwareLevel.reached(identity.levels(), qe.isvSvn());
        Optional<SoftwareLevel> module = Optional.empty();
        TcbStatus moduleStatus = TcbStatus.UP_TO_DATE;
        TcbStatus levelStatus = status(level, TcbLevel::status);
        TcbStatus enclaveStatus = status(enclave, SoftwareLevel::status);
        TcbStatus merged = levelStatus;
        if (body instanceof TdReport td) {
            if (svn(td.teeTcbSvn(), 1) != 0) {
                module = info.module(td.teeTcbSvn())
                        .flatMap(m -> SoftwareLevel.reached(m.levels(), svn(td.teeTcbSvn(), 0)));
                moduleStatus = status(module, SoftwareLevel::status);
            }
            merged = levelStatus.with(moduleStatus);
            if (enclaveStatus == TcbStatus.UP_TO_DATE && moduleStatus == TcbStatus.OUT_OF_DATE) {
                merged = relaunch(info, td, status(sgx, TcbLevel::status), merged);
            }
        }
        TreeSet<String> advisories = new TreeSet<>();
        level.ifPresent(l -> advisories.addAll(l.advisories()));
        module.ifPresent(m -> advisories.addAll(m.advisories()));
        enclave.ifPresent(e -> advisories.addAll(e.advisories()));
        return new TcbEvaluation(merged.with(enclaveStatus), levelStatus, moduleStatus, enclaveStatus, advisories);
    }

    /**
     * The status of a domain that runs under a module newer than the one it was started under: only a start anew is missing if
     * the newer one and its loader are the latest.
     */
    private static TcbStatus relaunch(TcbInfo info, TdReport td, TcbStatus sgx, TcbStatus tdx) {
        boolean late = tdx == TcbStatus.OUT_OF_DATE || tdx == TcbStatus.OUT_OF_DATE_CONFIGURATION_NEEDED;
        boolean current = sgx == TcbStatus.UP_TO_DATE
                || sgx == TcbStatus.SW_HARDENING_NEEDED
                || sgx == TcbStatus.CONFIGURATION_NEEDED
                || sgx == TcbStatus.CONFIGURATION_AND_SW_HARDENING_NEEDED;
        if (!late || !current || td.teeTcbSvn2().isEmpty()) {
            return tdx;
        }
        String svn = td.teeTcbSvn2().get();
        TcbLevel latest = info.levels().get(0);
        int least = latest.tdx().get(0);
        if (svn(svn, 1) != 0) {
            Optional<TdxModule> module = info.module(svn);
            if (module.isEmpty()) {
                return TcbStatus.NOT_SUPPORTED;
            }
            least = module.get().levels().get(0).isvSvn();
        }
        if (svn(svn, 0) < least || svn(svn, 2) < latest.tdx().get(2)) {
            return tdx;
        }
        return sgx.configurationNeeded() || tdx.configurationNeeded()
                ? TcbStatus.TD_RELAUNCH_ADVISED_CONFIGURATION_NEEDED
                : TcbStatus.TD_RELAUNCH_ADVISED;
    }

    private static <T> TcbStatus status(Optional<T> level, Function<T, TcbStatus> of) {
        return level.map(of).orElse(TcbStatus.NOT_SUPPORTED);
    }

    private static int svn(String hex, int at) {
        return HexFormat.of().parseHex(hex)[at] & 0xff;
    }

    /** The statuses, for people. */
    String words() {
        return status.wire() + " (platform " + platform.wire() + ", module " + module.wire() + ", quoting enclave "
                + quotingEnclave.wire() + ")";
    }
}
