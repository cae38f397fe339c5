package ai.coreason.enclave.launcher.hostile;

import ai.coreason.enclave.sentry.attestation.ReportData;
import ai.coreason.enclave.sentry.attestation.guest.FakeTsm;
import ai.coreason.enclave.sentry.contract.Evidence;
import ai.coreason.enclave.sentry.contract.HardwareType;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/** A confidential machine that signs whatever it is told to, under a root that only the test's servers trust. */
interface FakeMachine {
    HardwareType type();

    /** What its kernel calls itself. */
    String provider();

    /** A signed quote over 64 bytes. */
    byte[] quote(byte[] reportData);

    /** What its host hands out beside a quote; of no bytes for nothing. */
    byte[] certificates();

    /** Evidence for report data, or for other data than the document says. */
    default Evidence prove(ReportData reportData) {
        return new Evidence(type(), quote(reportData.digest()), certificates(), Optional.empty(), reportData.json());
    }

    /** Its kernel's interface in a folder. */
    default FakeTsm kernel(Path folder) throws IOException {
        return new FakeTsm(folder, provider(), this::quote, certificates());
    }
}
