package ai.coreason.enclave.node.training;

import ai.coreason.enclave.node.copies.FingerprintFolder;
import ai.coreason.enclave.node.site.DatasetStandings;
import ai.coreason.enclave.node.site.OfferedDatasets;

/**
 * The records that a site lets its node train on, and what it keeps of them.
 *
 * @param offered the datasets
 * @param standings which of them are closed
 * @param fingerprints by which copies of their records are found
 */
public record SiteRecords(OfferedDatasets offered, DatasetStandings standings, FingerprintFolder fingerprints) {}
