package ai.coreason.enclave.web.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ByteRangeTest {
    @ParameterizedTest
    @CsvSource({
        "'',0,10,bytes 0-9/10,false",
        "'bytes=0-1,4-5',0,10,bytes 0-9/10,false",
        "'bytes=0-1,-1',0,10,bytes 0-9/10,false",
        "'bytes=',0,10,bytes 0-9/10,false",
        "'bytes=,',0,10,bytes 0-9/10,false",
        "'bytes=-',0,10,bytes 0-9/10,false",
        "'bytes=a-4',0,10,bytes 0-9/10,false",
        "'bytes=4--5',0,10,bytes 0-9/10,false",
        "'bytes=+4-5',0,10,bytes 0-9/10,false",
        "'bytes 4-5',0,10,bytes 0-9/10,false",
        "'items=4-5',0,10,bytes 0-9/10,false",
        "'4-5',0,10,bytes 0-9/10,false",
        "'bytes=-3',7,3,bytes 7-9/10,true",
        "'bytes=-10',0,10,bytes 0-9/10,true",
        "'bytes=-11',0,10,bytes 0-9/10,true",
        "'bytes=-99999999999999999999999',0,10,bytes 0-9/10,true",
        "'Bytes=4-5',4,2,bytes 4-5/10,true",
        "'bytes=, 4-5 ,',4,2,bytes 4-5/10,true",
        "'bytes=0000000000000000000000004-5',4,2,bytes 4-5/10,true",
        "'bytes=4-99999999999999999999999',4,6,bytes 4-9/10,true",
        "'bytes=9-9',9,1,bytes 9-9/10,true",
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
    @CsvSource({
        "bytes=10-",
        "bytes=10-10",
        "bytes=5-4",
        "bytes=-0",
        "bytes=999999999999-",
        "bytes=99999999999999999999999-"
    })
    void of_noByteOfTheFile_isOutside(String header) {
        assertThat(ByteRange.of(header, 10).outside()).isTrue();
        assertThat(ByteRange.of(header, 10).contentRange()).isEqualTo("bytes */10");
    }

    @Test
    void of_fileWithoutBytes_hasNoRange() {
        assertThat(ByteRange.of("bytes=0-", 0).outside()).isTrue();
        assertThat(ByteRange.of("bytes=-1", 0).outside()).isTrue();
        assertThat(ByteRange.of("", 0).count()).isZero();
    }
}
