package ai.coreason.enclave.node.training;

import ai.coreason.enclave.node.copies.FingerprintFolder;
import ai.coreason.enclave.node.site.DatasetStandings;
import ai.coreason.enclave.node.site.OfferedDatasets;
import ai.coreason.enclave.node.site.SiteFile;
import ai.coreason.enclave.node.site.SitePolicy;
import ai.coreason.enclave.sentry.attestation.ReportData;
import ai.coreason.enclave.sentry.contract.Evidence;
import ai.coreason.enclave.sentry.contract.HardwareType;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The site of one node, {@code node_a}, whose data package, with a resource of that name, and state lie in one folder. */
final class SmallSite {
    private SmallSite() {}

    /** A site that approves every job. */
    static SiteFile in(Path folder, boolean simulation) {
        return in(folder, simulation, new SitePolicy(true, Set.of()));
    }

    static SiteFile in(Path folder, boolean simulation, SitePolicy policy) {
        return new SiteFile(
                "node_a",
                URI.create("https://127.0.0.1:9444"),
                folder.resolve("ca.pem"),
                folder.resolve("token"),
                folder.resolve("datapackage.json"),
                List.of("node_a"),
                policy,
                simulation ? Optional.of(folder.resolve("evidence.pem")) : Optional.empty());
    }

    /** What its node trains on. */
    static SiteRecords records(Path folder) throws IOException {
        return new SiteRecords(OfferedDatasets.load(in(folder, false)), standings(folder), fingerprints(folder));
    }

    static DatasetStandings standings(Path folder) {
        return new DatasetStandings(folder, Clock.systemUTC());
    }

    static FingerprintFolder fingerprints(Path folder) {
        return new FingerprintFolder(folder.resolve("fingerprints"), "node_a");
    }

    /** What vouches for its updates. */
    static Evidence quote(ReportData data) {
        return new Evidence(HardwareType.SIMULATED, data.digest(), data.json());
    }
}
