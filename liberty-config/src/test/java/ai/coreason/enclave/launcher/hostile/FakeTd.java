package ai.coreason.enclave.launcher.hostile;

import ai.coreason.enclave.base.Json;
import ai.coreason.enclave.sentry.attestation.intel.FakeQuote;
import ai.coreason.enclave.sentry.attestation.intel.TeeType;
import ai.coreason.enclave.sentry.contract.HardwareType;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HexFormat;
import java.util.function.Consumer;

/**
 * An Intel TDX 1.5 domain, with collateral for the Overseer's folder of certificates.
 *
 * @param fault what is wrong with its quotes
 */
record FakeTd(Consumer<FakeQuote> fault) implements FakeMachine {
    private static final int REPORT_DATA = 520;
    private static final String MEASUREMENT = "aa".repeat(48);
    private static final String UNUSED = "00".repeat(48);

    /** A domain that tells the truth. */
    static FakeTd honest() {
        return new FakeTd(q -> {});
    }

    private static FakeQuote fake() {
        return new FakeQuote(TeeType.TDX).later().asOf(Instant.now());
    }

    @Override
    public HardwareType type() {
        return HardwareType.INTEL_TDX;
    }

    @Override
    public String provider() {
        return "tdx_guest";
    }

    @Override
    public byte[] quote(byte[] reportData) {
        FakeQuote fake = fake();
        fake.body(REPORT_DATA, HexFormat.of().formatHex(reportData));
        fault.accept(fake);
        try {
            return fake.quote();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public byte[] certificates() {
        return new byte[0];
    }

    /** Writes the root into a folder of anchors, and collateral into one of certificates. */
    static void publish(Path anchors, Path certificates) throws IOException {
        try {
            Files.write(anchors.resolve("intel.pem"), fake().anchor());
            fake().write(certificates);
        } catch (IOException e) {
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    /** The part of a policy that trusts the honest domain alone; all that it leaves out is as strict as can be. */
    static ObjectNode policy() {
        ObjectNode tdx = Json.object();
        tdx.putArray("mrtd").add(MEASUREMENT);
        for (int i = 0; i < 4; i++) {
            tdx.putArray("rtmr" + i).add(UNUSED);
        }
        return tdx;
    }
}
