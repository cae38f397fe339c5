package ai.coreason.enclave.web.gate;

import java.util.regex.Pattern;

/** Which calls are answered with a file that may be large, and hold a thread for as long as their reader takes. */
final class Download {
    private static final Pattern MODEL = Pattern.compile("/api/v1/jobs/.+/model/*");

    private Download() {}

    /**
     * Whether a call is one.
     *
     * @param path decoded, without parameters
     */
    static boolean is(String method, String path) {
        return method.equals("GET") && MODEL.matcher(path).matches();
    }
}
