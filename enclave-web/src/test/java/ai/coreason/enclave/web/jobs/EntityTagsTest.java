package ai.coreason.enclave.web.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EntityTagsTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"abc\"",
                " \"abc\"\t",
                "\"x\", \"abc\"",
                "\"abc\",\"x\"",
                ", ,\"abc\",,",
                "W/\"x\" , \"abc\"",
                "\"a,b\",\"abc\"",
                "\"\",\"abc\"",
                "*",
                " * "
            })
    void hold_listWithTheStrongTag_isSo(String list) {
        assertThat(EntityTags.hold(list, "abc", false)).isTrue();
        assertThat(EntityTags.hold(list, "abc", true)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"W/\"abc\"", "\"x\",W/\"abc\""})
    void hold_listWithTheWeakTag_isSoWeakly(String list) {
        assertThat(EntityTags.hold(list, "abc", true)).isTrue();
        assertThat(EntityTags.hold(list, "abc", false)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ",",
                "\"x\"",
                "\"ABC\"",
                "abc",
                "'abc'",
                "\"abc",
                "abc\"",
                "\"abc\" \"x\"",
                "\"x\" \"abc\"",
                "w/\"abc\"",
                "W/ \"abc\"",
                "\"abc\",*",
                "\"a bc\"",
                "\"abc\", x",
                "\"abc\"\n"
            })
    void hold_anotherTagOrNoList_isNot(String list) {
        assertThat(EntityTags.hold(list, "abc", false)).isFalse();
        assertThat(EntityTags.hold(list, "abc", true)).isFalse();
    }

    /** Read again from every blank, such a header would take minutes. */
    @Test
    @Timeout(60)
    void hold_headerOfBlanks_isReadInOnePass() {
        assertThat(EntityTags.hold("\"a\"," + " ".repeat(1 << 20) + "x", "abc", true))
                .isFalse();
        assertThat(EntityTags.hold("\"a\"," + " ".repeat(1 << 20) + "\"abc\"", "abc", true))
                .isTrue();
    }

    @Test
    void strong_text_isQuoted() {
        assertThat(EntityTags.strong("abc")).isEqualTo("\"abc\"");
    }
}
