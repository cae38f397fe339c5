package ai.coreason.enclave.node.copies;

import static org.assertj.core.api.Assertions.assertThat;

import ai.coreason.enclave.sentry.tensor.Tensor;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CanonicalValueTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            ignoreLeadingAndTrailingWhitespace = false,
            value = {
                "1|1.0",
                "1|+01",
                "0|-0.0",
                "1200|1.2e3",
                "1200|12E+02",
                "72,50|72.5",
                ".5|0,5",
                "0.1|0.10000000149011612",
                "true|1",
                "FALSE|0",
                "2024-03-31|31.03.2024",
                "2024-03-31|3/31/2024",
                "2024-03-31|31/3/2024",
                "2024-03-31|2024/03/31",
                "2024-03-31|2024-03-31T00:00:00Z",
                "2024-03-31|2024-03-31 00:00",
                "2024-03-31 14:30:00|2024-03-31T16:30+02:00",
                "2024-03-31 14:30:00|31.03.2024 14:30",
                "2024-03-31T14:30:00.5Z|2024-03-31 16:30:00,500 +0200",
                "2024-03-31T23:00:00-02|1.4.2024 1:00",
                "Harbour Hill| harbour  HILL\t",
                "\u00e9|e\u0301",
                "10\u00a0mg|10 mg"
            })
    void of_textsThatSayTheSame_areTheSame(String one, String other) {
        assertThat(CanonicalValue.of(one)).isNotEmpty().isEqualTo(CanonicalValue.of(other));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "1|2",
                "1|-1",
                "1|one",
                "9007199254740992|9007199254740990",
                "1e400|1e401",
                "2024-03-31|2024-03-30",
                "2024-03-31|2023-03-31",
                "2024-03-31T10:00:00|2024-03-31T10:00:01",
                "2024-03-31T10:00:00Z|2024-03-31T10:00:00+01:00",
                "31.02.2024|31/02/2024",
                "1,234,567|1234567",
                "a b|ab"
            })
    void of_textsThatSayOtherThings_differ(String one, String other) {
        assertThat(CanonicalValue.of(one)).isNotEmpty().isNotEqualTo(CanonicalValue.of(other));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "\t\u00a0"})
    void of_textOfSpaces_isNone(String text) {
        assertThat(CanonicalValue.of(text)).isEmpty();
    }

    @Test
    void of_exponentOfManyDigits_isNotExpanded() {
        assertThat(CanonicalValue.of("1e-999999999")).isEqualTo(CanonicalValue.of("0"));
        assertThat(CanonicalValue.of("1e999999999")).hasSizeLessThan(20);
    }

    @Test
    void of_number_isThatOfItsText() {
        assertThat(CanonicalValue.of(72.1)).isEqualTo(CanonicalValue.of("72.10"));
        assertThat(CanonicalValue.of((double) 72.1f)).isEqualTo(CanonicalValue.of("72.1"));
        assertThat(CanonicalValue.of(-0.0)).isEqualTo(CanonicalValue.of(0.0));
    }

    @Test
    void of_elementsOfATensor_countInTheirOrderAndByValue() {
        Tensor tensor = Tensor.of("x", List.of(3L, 2L), new float[] {1, 0, 1, -0f, 0, 1});
        assertThat(CanonicalValue.of(tensor, 0, 2)).isEqualTo(CanonicalValue.of(tensor, 2, 2));
        assertThat(CanonicalValue.of(tensor, 0, 2)).isNotEqualTo(CanonicalValue.of(tensor, 4, 2));
        float[] many = new float[10_000];
        many[9_999] = 1;
        assertThat(CanonicalValue.of(Tensor.of("x", List.of(10_000L), many), 0, 10_000))
                .isNotEqualTo(CanonicalValue.of(Tensor.of("x", List.of(10_000L), new float[10_000]), 0, 10_000));
    }
}
