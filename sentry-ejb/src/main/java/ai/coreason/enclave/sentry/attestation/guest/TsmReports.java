package ai.coreason.enclave.sentry.attestation.guest;

import ai.coreason.enclave.sentry.contract.Evidence;
import ai.coreason.enclave.sentry.contract.HardwareType;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Quotes by the kernel's common interface for confidential guests (Linux,
 * {@code Documentation/ABI/testing/configfs-tsm-report}): an entry below the interface's folder takes the report data in
 * {@code inblob} and gives the quote in {@code outblob}. Thread-safe; one caller at a time.
 *
 * <p>The entry is always the one called {@code coreason}; one that is left over is used again. {@code generation} tells
 * whether somebody else wrote in between; then the exchange is repeated, five times at most.
 */
public final class TsmReports implements GuestQuotes {
    /** Where Linux has it. */
    public static final Path LINUX = Path.of("/sys/kernel/config/tsm/report");

    private static final String ENTRY = "coreason";
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final int ATTEMPTS = 5;
    private static final int REPORT_DATA = 64;

    private final TsmEntry entry;
    private final Duration limit;
    private FutureTask<GuestQuote> last;

    /** Quotes by the interface in a folder; nothing is looked at before the first quote. */
    public TsmReports(Path root) {
        this(root, LIMIT);
    }

    /** @param limit how long one exchange may take */
    TsmReports(Path root, Duration limit) {
        this.entry = new TsmEntry(root.resolve(ENTRY));
        this.limit = limit;
    }

    @Override
    public synchronized GuestQuote quote(byte[] reportData) throws IOException {
        if (reportData.length != REPORT_DATA) {
            throw new IllegalArgumentException(
                    "report data: expected " + REPORT_DATA + " bytes, got " + reportData.length);
        }
        byte[] asked = reportData.clone();
        for (int attempt = 1; ; attempt++) {
            try {
                return within(() -> exchange(asked));
            } catch (TsmEntry.Disturbed e) {
                if (attempt == ATTEMPTS) {
                    throw new IOException(e.getMessage() + "; tried " + ATTEMPTS + " times", e);
                }
            }
        }
    }

    private GuestQuote exchange(byte[] reportData) throws IOException {
        entry.open();
        HardwareType type = provider();
        long before = entry.generation();
        int writes = 1;
        if (type == HardwareType.AMD_SEV_SNP && entry.lowerPrivilege()) {
            writes++;
        }
        entry.write("inblob", reportData);
        byte[] quote = entry.read("outblob", Evidence.MAX_QUOTE);
        byte[] certificates = entry.has("auxblob") ? entry.read("auxblob", Evidence.MAX_CERTIFICATES) : new byte[0];
        entry.requireGeneration(before + writes);
        return QuoteCheck.checked(entry.file("outblob").toString(), type, quote, certificates, reportData);
    }

    private HardwareType provider() throws IOException {
        String name = entry.text("provider");
        return switch (name) {
            case "sev_guest" -> HardwareType.AMD_SEV_SNP;
            case "tdx_guest" -> HardwareType.INTEL_TDX;
            default -> throw entry.unexpected("provider", "sev_guest or tdx_guest", name);
        };
    }

    /**
     * Opening a file of the interface may wait for ever and cannot be interrupted, so it is done on a thread of its own. An
     * exchange that ran out of time is let finish before the next begins: two would take each other's bytes.
     */
    private GuestQuote within(Callable<GuestQuote> exchange) throws IOException {
        if (last != null && !last.isDone()) {
            try {
                await();
            } catch (IOException e) {
                if (!last.isDone()) {
                    throw e;
                }
            }
        }
        last = new FutureTask<>(exchange);
        Thread thread = new Thread(last, "tsm-report");
        thread.setDaemon(true);
        thread.start();
        return await();
    }

    private GuestQuote await() throws IOException {
        try {
            return last.get(limit.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            throw entry.overdue(limit);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(entry.current() + ": expected an answer, got an interruption", e);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof IOException cause) {
                throw cause;
            }
            throw new IllegalStateException(e.getCause());
        }
    }
}
