/** How a site finds that two of its datasets hold the same records: by keyed fingerprints that never leave it. */
package ai.coreason.enclave.node.copies;
