package ai.coreason.enclave.node.evidence;

import ai.coreason.enclave.sentry.attestation.snp.SnpReport;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * The messages of {@code /dev/sev-guest} on x86-64, little-endian (Linux, {@code include/uapi/linux/sev-guest.h}; the
 * answer: AMD 56860, MSG_REPORT_RSP). Pure functions.
 */
final class SevGuestMessages {
    /** {@code SNP_GET_EXT_REPORT}: {@code _IOWR('S', 2, struct snp_guest_request_ioctl)}. */
    static final long GET_EXT_REPORT = 0xc0205302L;

    /** Bytes of {@code struct snp_guest_request_ioctl}. */
    static final int CALL = 32;

    /** Bytes of {@code struct snp_ext_report_req}. */
    static final int REQUEST = 112;

    /** Bytes of {@code struct snp_report_resp}. */
    static final int RESPONSE = 4000;

    /** The host's error in the upper half of {@code exitinfo2}: the certificates need more room. */
    static final int TOO_SHORT = 1;

    /** The host's error in the upper half of {@code exitinfo2}: it has no time now. */
    static final int BUSY = 2;

    private static final int EXIT_INFO = 24;
    private static final int CERTIFICATES_LENGTH = 104;
    private static final int RESPONSE_HEADER = 32;

    private SevGuestMessages() {}

    /**
     * {@code struct snp_guest_request_ioctl}: offset 0 message version 1, 8 request's address, 16 response's address, 24
     * {@code exitinfo2}.
     */
    static byte[] call(long request, long response) {
        return buffer(CALL)
                .put(0, (byte) 1)
                .putLong(8, request)
                .putLong(16, response)
                .array();
    }

    /**
     * {@code struct snp_ext_report_req}: offset 0 report data, 64 VMPL 0, 68 zeros, 96 certificates' address, 104 their
     * room in bytes.
     */
    static byte[] request(byte[] reportData, long certificates, int room) {
        return buffer(REQUEST)
                .put(0, reportData)
                .putLong(96, certificates)
                .putInt(CERTIFICATES_LENGTH, room)
                .array();
    }

    /** The host's error after a call, 0 for none. */
    static int hostError(byte[] call) {
        return wrap(call).getInt(EXIT_INFO + 4);
    }

    /** The firmware's error after a call, 0 for none. */
    static int firmwareError(byte[] call) {
        return wrap(call).getInt(EXIT_INFO);
    }

    /** The room that the certificates need, bytes, after {@link #TOO_SHORT}. */
    static long neededRoom(byte[] request) {
        return wrap(request).getInt(CERTIFICATES_LENGTH) & 0xffffffffL;
    }

    /**
     * The report in a response: offset 0 status, 4 the report's length, 8 zeros, 32 the report.
     *
     * @throws IOException if the firmware tells another status or length
     */
    static byte[] report(byte[] response) throws IOException {
        int status = wrap(response).getInt(0);
        int length = wrap(response).getInt(4);
        if (status != 0) {
            throw new IOException("MSG_REPORT_RSP status: expected 0, got " + Integer.toUnsignedString(status));
        }
        if (length != SnpReport.BYTES) {
            throw new IOException("MSG_REPORT_RSP report size: expected " + SnpReport.BYTES + ", got "
                    + Integer.toUnsignedString(length));
        }
        return Arrays.copyOfRange(response, RESPONSE_HEADER, RESPONSE_HEADER + length);
    }

    private static ByteBuffer buffer(int length) {
        return wrap(new byte[length]);
    }

    private static ByteBuffer wrap(byte[] bytes) {
        return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }
}
