package ai.coreason.enclave.launcher.terminal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;

class VisibleWriterTest {
    private final StringWriter out = new StringWriter();
    private final PrintWriter writer = new PrintWriter(new VisibleWriter(out));

    @Test
    void write_textThatControlsATerminal_losesThat() {
        writer.print("a\u001b[31mred\u0007\u009b\u202e\u2066\u0000b");
        writer.print('\u001b');
        writer.flush();

        assertThat(out.toString()).isEqualTo("a�[31mred�����b�");
    }

    @Test
    void write_linesTabsAndOtherLanguages_stay() {
        writer.print("größe\tعمر\r\n年齢 😀\n");
        writer.flush();

        assertThat(out.toString()).isEqualTo("größe\tعمر\r\n年齢 😀\n");
    }
}
