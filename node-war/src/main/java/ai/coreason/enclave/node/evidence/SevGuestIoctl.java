package ai.coreason.enclave.node.evidence;

import ai.coreason.enclave.sentry.attestation.guest.GuestQuotes;
import com.sun.jna.LastErrorException;
import com.sun.jna.Library;
import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.NativeLong;
import com.sun.jna.Pointer;
import java.io.IOException;
import java.nio.file.Path;

/** {@code /dev/sev-guest} itself: one ioctl on it. */
final class SevGuestIoctl implements SevGuestDevice.Device {
    private static final int READ_WRITE = 2;
    private static final int CLOSE_ON_EXEC = 02000000;

    private final String path;
    private final C c = Native.load("c", C.class);

    private SevGuestIoctl(Path path) {
        this.path = path.toString();
    }

    /** Quotes by the device. */
    static GuestQuotes device(Path path) {
        return new SevGuestDevice(path.toString(), new SevGuestIoctl(path), length -> Thread.sleep(length.toMillis()));
    }

    /** Of the C library. */
    interface C extends Library {
        int open(String path, int flags) throws LastErrorException;

        int ioctl(int file, NativeLong request, Pointer argument) throws LastErrorException;

        int close(int file);
    }

    @Override
    public SevGuestDevice.Answer ask(byte[] reportData, int room) throws IOException {
        int file;
        try {
            file = c.open(path, READ_WRITE | CLOSE_ON_EXEC);
        } catch (LastErrorException e) {
            throw new IOException(path + ": expected a device that can be opened, got " + e.getMessage(), e);
        }
        try (Memory call = new Memory(SevGuestMessages.CALL);
                Memory request = new Memory(SevGuestMessages.REQUEST);
                Memory response = new Memory(SevGuestMessages.RESPONSE);
                Memory certificates = new Memory(room)) {
            certificates.clear();
            response.clear();
            long table = Pointer.nativeValue(certificates);
            put(request, SevGuestMessages.request(reportData, table, room));
            put(call, SevGuestMessages.call(Pointer.nativeValue(request), Pointer.nativeValue(response)));
            String error = null;
            try {
                c.ioctl(file, new NativeLong(SevGuestMessages.GET_EXT_REPORT), call);
            } catch (LastErrorException e) {
                error = e.getMessage();
            }
            return new SevGuestDevice.Answer(error, bytes(call), bytes(request), bytes(response), bytes(certificates));
        } finally {
            c.close(file);
        }
    }

    private static void put(Memory memory, byte[] bytes) {
        memory.write(0, bytes, 0, bytes.length);
    }

    private static byte[] bytes(Memory memory) {
        return memory.getByteArray(0, (int) memory.size());
    }
}
