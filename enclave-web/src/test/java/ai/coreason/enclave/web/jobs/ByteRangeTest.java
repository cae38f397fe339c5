package ai.coreason.enclave.web.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ByteRangeTest {
    @ParameterizedTest
    @CsvSource({
        "'',0,10,bytes 0-9/10,false",
        "'bytes=-3',0,10,bytes 0-9/10,false",
        "'bytes=0-1,4-5',0,10,bytes 0-9/10,false",
        "'bytes=0-',0,10,bytes 0-9/10,true",
        "'bytes=4-',4,6,bytes 4-9/10,true",
        "'bytes=4-4',4,1,bytes 4-4/10,true",
        "'bytes=4-99',4,6,bytes 4-9/10,true"
    })
    void of_formsThatAreUnderstood_givePartsOfTheFile(
            String header, long from, long count, String contentRange, boolean part) {
        ByteRange range = ByteRange.of(header, 10);

        assertThat(range.outside()).isFalse();
        assertThat(range.from()).isEqualTo(from);
        assertThat(range.count()).isEqualTo(count);
        assertThat(range.contentRange()).isEqualTo(contentRange);
        assertThat(range.part()).isEqualTo(part);
    }

    @ParameterizedTest
    @CsvSource({"bytes=10-", "bytes=5-4", "bytes=999999999999-"})
    void of_noByteOfTheFile_isOutside(String header) {
        assertThat(ByteRange.of(header, 10).outside()).isTrue();
        assertThat(ByteRange.of(header, 10).contentRange()).isEqualTo("bytes */10");
    }
}
