package ai.coreason.enclave.web.jobs;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * The answer to a request for a file that never changes under its name, and has its SHA-256 as strong validator: conditions first
 * (RFC 9110, section 13.2.2), then one range (section 14.2). A file has no date here, so conditions on dates are passed over, and an
 * {@code If-Range} with one gets the whole file. Pure.
 *
 * @param status of HTTP
 * @param headers by name
 * @param body the bytes that go out; empty where none do
 */
record FileAnswer(int status, Map<String, String> headers, Optional<ByteRange> body) {
    private static final int OK = 200;
    private static final int PARTIAL_CONTENT = 206;
    private static final int NOT_MODIFIED = 304;
    private static final int PRECONDITION_FAILED = 412;
    private static final int RANGE_NOT_SATISFIABLE = 416;

    /** Copies the headers; their order stays. */
    FileAnswer {
        headers = Collections.unmodifiableMap(new LinkedHashMap<>(headers));
    }

    /**
     * The answer.
     *
     * @param digest the file's SHA-256
     * @param size tells the file's size, bytes; asked only where the answer needs it
     */
    static FileAnswer of(Conditions asked, String digest, LongSupplier size) {
        if (asked.ifMatch().isPresent() && !EntityTags.hold(asked.ifMatch().get(), digest, false)) {
            return new FileAnswer(PRECONDITION_FAILED, Map.of(), Optional.empty());
        }
        if (asked.ifNoneMatch().isPresent()
                && EntityTags.hold(asked.ifNoneMatch().get(), digest, true)) {
            return new FileAnswer(NOT_MODIFIED, Map.of("ETag", EntityTags.strong(digest)), Optional.empty());
        }
        long bytes = size.getAsLong();
        ByteRange range = asked.range()
                .filter(r -> rangeStands(asked, digest))
                .map(r -> ByteRange.of(r, bytes))
                .orElseGet(() -> ByteRange.whole(bytes));
        if (range.outside()) {
            return new FileAnswer(
                    RANGE_NOT_SATISFIABLE, Map.of("Content-Range", range.contentRange()), Optional.empty());
        }
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("ETag", EntityTags.strong(digest));
        headers.put("Content-Length", Long.toString(range.count()));
        if (range.part()) {
            headers.put("Content-Range", range.contentRange());
            return new FileAnswer(PARTIAL_CONTENT, headers, Optional.of(range));
        }
        headers.put("Accept-Ranges", "bytes");
        headers.put("Content-Disposition", "attachment; filename=\"model.safetensors\"");
        return new FileAnswer(OK, headers, asked.head() ? Optional.empty() : Optional.of(range));
    }

    /** A range is a matter of GET alone, and of the file that {@code If-Range} names by a strong tag. */
    private static boolean rangeStands(Conditions asked, String digest) {
        return !asked.head()
                && asked.ifRange()
                        .map(tag -> tag.strip().equals(EntityTags.strong(digest)))
                        .orElse(true);
    }
}
