package ai.coreason.enclave.node.evidence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.coreason.enclave.node.evidence.SevGuestDevice.Answer;
import ai.coreason.enclave.sentry.attestation.guest.GuestQuotes.GuestQuote;
import ai.coreason.enclave.sentry.contract.HardwareType;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HexFormat;
import java.util.List;
import java.util.function.IntFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The device's messages and what follows from its answers; the device itself needs hardware. */
class SevGuestDeviceTest {
    private static final byte[] ASKED = new byte[64];

    static {
        Arrays.fill(ASKED, (byte) 7);
    }

    private final Deque<IntFunction<Answer>> answers = new ArrayDeque<>();
    private final List<Integer> rooms = new ArrayList<>();
    private final List<Duration> pauses = new ArrayList<>();
    private final SevGuestDevice device = new SevGuestDevice(
            "/dev/sev-guest",
            (reportData, room) -> {
                rooms.add(room);
                return answers.remove().apply(room);
            },
            pauses::add);

    @Test
    void call_layout_isTheKernels() {
        assertThat(SevGuestMessages.GET_EXT_REPORT).isEqualTo(3L << 30 | 32L << 16 | 'S' << 8 | 2);
        assertThat(hex(SevGuestMessages.call(0x1122334455667788L, 0x99L)))
                .isEqualTo("0100000000000000" + "8877665544332211" + "9900000000000000" + "0000000000000000");
    }

    @Test
    void request_layout_isTheKernels() {
        assertThat(hex(SevGuestMessages.request(ASKED, 0x1122334455667788L, 0x4000)))
                .isEqualTo("07".repeat(64) + "00".repeat(32) + "8877665544332211" + "00400000" + "00000000");
    }

    @Test
    void errors_ofACall_areItsTwoHalves() {
        byte[] call = called(0x16, 2);

        assertThat(SevGuestMessages.firmwareError(call)).isEqualTo(0x16);
        assertThat(SevGuestMessages.hostError(call)).isEqualTo(SevGuestMessages.BUSY);
    }

    @Test
    void report_ofAResponse_liesBehindItsHeader() throws Exception {
        byte[] response = response(report(), 0, 1184);

        assertThat(SevGuestMessages.report(response)).isEqualTo(report());
        assertThatThrownBy(() -> SevGuestMessages.report(response(report(), 22, 1184)))
                .hasMessage("MSG_REPORT_RSP status: expected 0, got 22");
        assertThatThrownBy(() -> SevGuestMessages.report(response(report(), 0, 1183)))
                .hasMessage("MSG_REPORT_RSP report size: expected 1184, got 1183");
        assertThatThrownBy(() -> SevGuestMessages.report(response(report(), 0, -1)))
                .hasMessage("MSG_REPORT_RSP report size: expected 1184, got 4294967295");
    }

    @Test
    void quote_answer_isTheReportWithItsCertificates() throws Exception {
        answers.add(room -> good(room, new byte[] {1}));

        GuestQuote quote = device.quote(ASKED);

        assertThat(quote.type()).isEqualTo(HardwareType.AMD_SEV_SNP);
        assertThat(quote.quote()).isEqualTo(report());
        assertThat(quote.certificates()).hasSize(4096).startsWith(1);
        assertThat(rooms).containsExactly(4096);
    }

    @Test
    void quote_hostWithoutCertificates_hasNone() throws Exception {
        answers.add(room -> good(room, new byte[0]));

        assertThat(device.quote(ASKED).certificates()).isEmpty();
    }

    @Test
    void quote_certificatesNeedMoreRoom_isAskedAgainWithWholePages() throws Exception {
        answers.add(room -> failed("[28] No space left on device", 1, 8193));
        answers.add(room -> good(room, new byte[] {1}));

        assertThat(device.quote(ASKED).certificates()).hasSize(12288);
        assertThat(rooms).containsExactly(4096, 12288);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 4096, 16385, -1})
    void quote_certificatesNeedAnAbsurdRoom_isRefused(int needed) {
        answers.add(room -> failed("[28] No space left on device", 1, needed));

        assertThatThrownBy(() -> device.quote(ASKED))
                .isInstanceOf(IOException.class)
                .hasMessage("/dev/sev-guest: expected certificates of 4097 to 16384 bytes after they did not fit, got "
                        + Integer.toUnsignedString(needed));
    }

    @Test
    void quote_hostIsBusy_isAskedAgainAfterLongerPauses() throws Exception {
        answers.add(room -> failed("[11] Resource temporarily unavailable", 2, 4096));
        answers.add(room -> failed("[11] Resource temporarily unavailable", 2, 4096));
        answers.add(room -> good(room, new byte[0]));

        device.quote(ASKED);

        assertThat(pauses).containsExactly(Duration.ofMillis(50), Duration.ofMillis(100));
    }

    @Test
    void quote_hostStaysBusy_isGivenUp() {
        for (int i = 0; i < 10; i++) {
            answers.add(room -> failed("[11] Resource temporarily unavailable", 2, 4096));
        }

        assertThatThrownBy(() -> device.quote(ASKED))
                .isInstanceOf(IOException.class)
                .hasMessage("/dev/sev-guest: expected a report, got a busy host 10 times");
    }

    @Test
    void quote_kernelsError_isTold() {
        answers.add(room -> failed("[5] Input/output error", 0, 4096));

        assertThatThrownBy(() -> device.quote(ASKED))
                .isInstanceOf(IOException.class)
                .hasMessage("/dev/sev-guest: expected a report, got [5] Input/output error, host error 0, firmware"
                        + " error 22");
    }

    @Test
    void quote_reportOverOtherBytes_isRefused() {
        answers.add(room -> good(room, new byte[0]));

        assertThatThrownBy(() -> device.quote(new byte[64]))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("over the report data that was asked for");
    }

    @Test
    void quote_fileThatIsNoSuchDevice_isRefusedByTheKernel() {
        assertThatThrownBy(() -> SevGuestIoctl.device(Path.of("/dev/null")).quote(ASKED))
                .isInstanceOf(IOException.class)
                .hasMessageMatching("/dev/null: expected a report, got \\[25\\].*, host error 0, firmware error 0");
        assertThatThrownBy(() -> SevGuestIoctl.device(Path.of("/dev/absent")).quote(ASKED))
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith("/dev/absent: expected a device that can be opened, got [2]");
    }

    private static Answer good(int room, byte[] certificates) {
        return new Answer(
                null, called(0, 0), new byte[112], response(report(), 0, 1184), Arrays.copyOf(certificates, room));
    }

    private static Answer failed(String error, int host, int room) {
        byte[] request = SevGuestMessages.request(ASKED, 1, room);
        return new Answer(error, called(22, host), request, new byte[4000], new byte[4096]);
    }

    private static byte[] called(int firmware, int host) {
        return buffer(SevGuestMessages.call(1, 2))
                .putInt(24, firmware)
                .putInt(28, host)
                .array();
    }

    private static byte[] response(byte[] report, int status, int length) {
        return buffer(new byte[4000])
                .putInt(0, status)
                .putInt(4, length)
                .put(32, report)
                .array();
    }

    /** The form of a report of version 2, over {@link #ASKED}; nobody signed it. */
    private static byte[] report() {
        return buffer(new byte[1184])
                .putInt(0, 2)
                .putInt(0x34, 1)
                .put(0x50, ASKED)
                .put(0x2a0, (byte) 1)
                .put(0x2a0 + 72, (byte) 1)
                .array();
    }

    private static ByteBuffer buffer(byte[] bytes) {
        return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    private static String hex(byte[] bytes) {
        return HexFormat.of().formatHex(bytes);
    }
}
