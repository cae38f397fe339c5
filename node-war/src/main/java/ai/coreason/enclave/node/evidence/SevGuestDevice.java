package ai.coreason.enclave.node.evidence;

import ai.coreason.enclave.sentry.attestation.guest.GuestQuotes;
import ai.coreason.enclave.sentry.attestation.guest.QuoteCheck;
import ai.coreason.enclave.sentry.contract.HardwareType;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;

/**
 * SEV-SNP reports by {@code /dev/sev-guest}, for kernels without configfs-tsm. Thread-safe; one caller at a time.
 *
 * <p>A host that is busy is asked again, after pauses that double, ten times at most. Certificates get the room that the host
 * says they need.
 */
final class SevGuestDevice implements GuestQuotes {
    private static final int PAGE = 4096;
    private static final int MOST_ROOM = 4 * PAGE; // The kernel's SEV_FW_BLOB_MAX_SIZE.
    private static final int ATTEMPTS = 10;
    private static final Duration FIRST_PAUSE = Duration.ofMillis(50);

    /** The device's one call. */
    interface Device {
        /**
         * Asks for a report.
         *
         * @param room for certificates, bytes: 0, or whole pages
         * @throws IOException if the device cannot be used at all
         */
        Answer ask(byte[] reportData, int room) throws IOException;
    }

    /**
     * What came of a call.
     *
     * @param error the kernel's, for people; null where the call went well
     * @param call {@code struct snp_guest_request_ioctl} as it is afterwards
     * @param request {@code struct snp_ext_report_req} as it is afterwards
     * @param response {@code struct snp_report_resp}
     * @param certificates all of the room that was given
     */
    record Answer(String error, byte[] call, byte[] request, byte[] response, byte[] certificates) {}

    /** What waits between two calls. */
    @FunctionalInterface
    interface Pause {
        void pause(Duration length) throws InterruptedException;
    }

    private final String name;
    private final Device device;
    private final Pause pause;

    /**
     * Reports by a device.
     *
     * @param name its path, for errors
     */
    SevGuestDevice(String name, Device device, Pause pause) {
        this.name = name;
        this.device = device;
        this.pause = pause;
    }

    @Override
    public synchronized GuestQuote quote(byte[] reportData) throws IOException {
        int room = PAGE;
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            Answer answer = device.ask(reportData, room);
            int hostError = SevGuestMessages.hostError(answer.call());
            if (hostError == SevGuestMessages.TOO_SHORT) {
                room = room(SevGuestMessages.neededRoom(answer.request()), room);
            } else if (hostError == SevGuestMessages.BUSY) {
                waitFor(FIRST_PAUSE.multipliedBy(1L << attempt));
            } else {
                return quote(answer, hostError, reportData);
            }
        }
        throw new IOException(name + ": expected a report, got a busy host " + ATTEMPTS + " times");
    }

    private GuestQuote quote(Answer answer, int hostError, byte[] reportData) throws IOException {
        if (answer.error() != null) {
            throw new IOException(name + ": expected a report, got " + answer.error() + ", host error " + hostError
                    + ", firmware error " + SevGuestMessages.firmwareError(answer.call()));
        }
        byte[] report;
        try {
            report = SevGuestMessages.report(answer.response());
        } catch (IOException e) {
            throw new IOException(name + ": " + e.getMessage(), e);
        }
        byte[] table = answer.certificates();
        byte[] certificates = Arrays.equals(table, new byte[table.length]) ? new byte[0] : table;
        return QuoteCheck.checked(name, HardwareType.AMD_SEV_SNP, report, certificates, reportData);
    }

    /** Whole pages, more than before and no more than the kernel takes. */
    private int room(long needed, int before) throws IOException {
        if (needed <= before || needed > MOST_ROOM) {
            throw new IOException(name + ": expected certificates of " + (before + 1) + " to " + MOST_ROOM
                    + " bytes after they did not fit, got " + needed);
        }
        return (int) ((needed + PAGE - 1) / PAGE * PAGE);
    }

    private void waitFor(Duration length) throws IOException {
        try {
            pause.pause(length);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(name + ": expected a report, got an interruption", e);
        }
    }
}
