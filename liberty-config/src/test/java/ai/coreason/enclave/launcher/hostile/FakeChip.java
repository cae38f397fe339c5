package ai.coreason.enclave.launcher.hostile;

import ai.coreason.enclave.base.Json;
import ai.coreason.enclave.sentry.attestation.snp.SnpKey;
import ai.coreason.enclave.sentry.attestation.snp.SnpPki;
import ai.coreason.enclave.sentry.attestation.snp.SnpProduct;
import ai.coreason.enclave.sentry.attestation.snp.SnpTable;
import ai.coreason.enclave.sentry.contract.HardwareType;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.function.Consumer;

/**
 * A SEV-SNP processor: a stand-in for hardware that is not there, and for hardware that says the wrong thing.
 *
 * @param fault what its reports say wrongly
 * @param certificates the table that its host hands out
 */
record FakeChip(Consumer<ByteBuffer> fault, byte[] certificates) implements FakeMachine {
    private static final SnpKey KEY = SnpKey.VCEK;
    private static final SnpProduct PRODUCT = SnpProduct.MILAN;
    private static final int REPORT_DATA = 0x50;
    private static final int MEASUREMENT = 0x90;
    private static final int MEASUREMENT_BYTES = 48;

    /** A chip that tells the truth. */
    static FakeChip honest() {
        return lying(r -> {});
    }

    /** A chip whose reports are changed before it signs them; little-endian, offsets as in AMD 56860. */
    static FakeChip lying(Consumer<ByteBuffer> fault) {
        return new FakeChip(fault, SnpTable.of(KEY, PRODUCT));
    }

    /** A chip on a patch level below the policy's minimum, in its certificate too. */
    static FakeChip outdated() {
        byte[] table = SnpTable.of(KEY, PRODUCT, vek -> SnpPki.number(vek, "3.8", 218));
        return new FakeChip(r -> r.put(0x187, (byte) 218), table);
    }

    @Override
    public HardwareType type() {
        return HardwareType.AMD_SEV_SNP;
    }

    @Override
    public String provider() {
        return "sev_guest";
    }

    @Override
    public byte[] quote(byte[] reportData) {
        return SnpPki.report(KEY, PRODUCT, r -> {
            r.put(REPORT_DATA, reportData);
            fault.accept(r);
        });
    }

    /** The root, PEM. */
    static byte[] root() {
        return SnpPki.pem(SnpPki.arkDer(PRODUCT));
    }

    /** A policy that trusts the honest chip and its measurement, and no chip that does anything else. */
    static ObjectNode policy(String operator) {
        ObjectNode policy = Json.object();
        ObjectNode snp = policy.putObject("snp");
        snp.putArray("measurements").add(measurement());
        snp.putArray("products").add(PRODUCT.label());
        snp.putArray("keys").add(KEY.name());
        snp.putArray("vmpls").add(0);
        snp.putArray("allowed").add("SMT");
        snp.putObject("minimum_tcb")
                .putObject(PRODUCT.label())
                .put("bl", 4)
                .put("tee", 1)
                .put("snp", 24)
                .put("ucode", 219);
        snp.putObject("revocation").put("demand", "WAIVED").put("waived_by", operator);
        return policy;
    }

    private static String measurement() {
        byte[] report = SnpPki.report(KEY, PRODUCT, r -> {});
        return HexFormat.of().formatHex(report, MEASUREMENT, MEASUREMENT + MEASUREMENT_BYTES);
    }
}
