package ai.coreason.enclave.sentry.contract;

/** What vouches for a node: the kind of its evidence. */
public enum HardwareType {
    /** AMD SEV-SNP attestation report. */
    AMD_SEV_SNP,
    /** Intel TDX quote. */
    INTEL_TDX,
    /** Intel SGX quote. */
    INTEL_SGX,
    /** NVIDIA Hopper GPU report with a CPU quote beside it. */
    NVIDIA_H100_HOPPER,
    /** A software key: proves nothing about hardware and is trusted in simulation only. */
    SIMULATED
}
