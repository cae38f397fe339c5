package ai.coreason.enclave.web.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** A file of ten bytes whose tag is "abc". */
class FileAnswerTest {
    private static final Conditions NONE = asked("GET", null, null, null, null);
    private static final Map<String, String> WHOLE = Map.of(
            "ETag",
            "\"abc\"",
            "Content-Length",
            "10",
            "Accept-Ranges",
            "bytes",
            "Content-Disposition",
            "attachment; filename=\"model.safetensors\"");

    private final AtomicInteger sizes = new AtomicInteger();

    private static Conditions asked(String method, String ifMatch, String ifNoneMatch, String ifRange, String range) {
        return new Conditions(
                method.equals("HEAD"),
                Optional.ofNullable(ifMatch),
                Optional.ofNullable(ifNoneMatch),
                Optional.ofNullable(ifRange),
                Optional.ofNullable(range));
    }

    private FileAnswer answer(Conditions asked) {
        return FileAnswer.of(asked, "abc", () -> {
            sizes.incrementAndGet();
            return 10;
        });
    }

    private void assertWhole(Conditions asked) {
        FileAnswer answer = answer(asked);
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.headers()).isEqualTo(WHOLE);
        assertThat(answer.body()).contains(new ByteRange(0, 9, 10, false));
    }

    private void assertPart(Conditions asked) {
        FileAnswer answer = answer(asked);
        assertThat(answer.status()).isEqualTo(206);
        assertThat(answer.headers())
                .isEqualTo(Map.of("ETag", "\"abc\"", "Content-Length", "3", "Content-Range", "bytes 4-6/10"));
        assertThat(answer.body()).contains(new ByteRange(4, 6, 10, true));
    }

    private void assertEmpty(Conditions asked, int status, Map<String, String> headers) {
        assertThat(answer(asked)).isEqualTo(new FileAnswer(status, headers, Optional.empty()));
    }

    @Test
    void of_nothingAsked_isTheWholeFile() {
        assertWhole(NONE);
    }

    @Test
    void of_head_isTheHeadersAloneAndPassesOverRanges() {
        assertEmpty(asked("HEAD", null, null, null, null), 200, WHOLE);
        assertEmpty(asked("HEAD", null, null, "\"abc\"", "bytes=4-6"), 200, WHOLE);
        assertEmpty(asked("HEAD", null, null, null, "bytes=10-"), 200, WHOLE);
        assertEmpty(asked("HEAD", null, "\"abc\"", null, null), 304, Map.of("ETag", "\"abc\""));
    }

    @Test
    void of_ifNoneMatch_isNotModifiedWhereATagOfTheListIsTheFiles() {
        for (String list : new String[] {"\"abc\"", "W/\"abc\"", "\"x\", \"abc\"", "*"}) {
            assertEmpty(asked("GET", null, list, null, "bytes=4-6"), 304, Map.of("ETag", "\"abc\""));
        }
        assertThat(sizes).hasValue(0);
        assertWhole(asked("GET", null, "\"x\"", null, null));
        assertPart(asked("GET", null, "\"x\"", null, "bytes=4-6"));
    }

    @Test
    void of_ifMatch_failsWhereNoTagOfTheListIsTheFiles() {
        for (String list : new String[] {"\"x\"", "W/\"abc\"", "abc", ""}) {
            assertEmpty(asked("GET", list, null, null, "bytes=4-6"), 412, Map.of());
        }
        assertThat(sizes).hasValue(0);
        assertWhole(asked("GET", "\"abc\"", null, null, null));
        assertPart(asked("GET", "*", null, null, "bytes=4-6"));
    }

    @Test
    void of_ifMatchAndIfNoneMatch_areJudgedInThisOrder() {
        assertEmpty(asked("GET", "\"x\"", "\"abc\"", null, null), 412, Map.of());
        assertEmpty(asked("GET", "\"abc\"", "\"abc\"", null, null), 304, Map.of("ETag", "\"abc\""));
    }

    @Test
    void of_oneRange_isThatPart() {
        assertPart(asked("GET", null, null, null, "bytes=4-6"));
    }

    @Test
    void of_rangeOutsideOfTheFile_isNotSatisfiable() {
        for (String range : new String[] {"bytes=10-", "bytes=-0", "bytes=10-20"}) {
            assertEmpty(asked("GET", null, null, null, range), 416, Map.of("Content-Range", "bytes */10"));
        }
    }

    @Test
    void of_severalRangesOrNoRange_isTheWholeFile() {
        for (String range : new String[] {"bytes=0-1,4-6", "bytes=x", "lines=4-6", ""}) {
            assertWhole(asked("GET", null, null, null, range));
        }
    }

    @Test
    void of_ifRange_givesThePartOfThatFileAlone() {
        assertPart(asked("GET", null, null, "\"abc\"", "bytes=4-6"));
        assertPart(asked("GET", null, null, " \"abc\" ", "bytes=4-6"));
        for (String other :
                new String[] {"\"x\"", "W/\"abc\"", "abc", "*", "", "\"x\", \"abc\"", "Sat, 29 Oct 1994 19:43:31 GMT"
                }) {
            assertWhole(asked("GET", null, null, other, "bytes=4-6"));
            assertWhole(asked("GET", null, null, other, "bytes=10-"));
        }
        assertWhole(asked("GET", null, null, "\"abc\"", null));
        assertEmpty(asked("GET", null, null, "\"abc\"", "bytes=10-"), 416, Map.of("Content-Range", "bytes */10"));
    }
}
