package ai.coreason.enclave.web.jobs;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Entity tags in request headers (RFC 9110, section 8.8.3). Pure. */
final class EntityTags {
    /** Possessive, so that a long header is read in one pass. */
    private static final Pattern ELEMENT =
            Pattern.compile("[ \\t]*+(?:(W/)?\"([^\\x00-\\x20\"\\x7F]*+)\")?+[ \\t]*+(?:,|\\z)");

    private EntityTags() {}

    /** A strong tag as headers have it. */
    static String strong(String opaque) {
        return '"' + opaque + '"';
    }

    /**
     * Whether a list of tags, or {@code *}, holds a file's strong tag; one that is no list holds none.
     *
     * @param weakly whether a weak tag of the same text counts (section 8.8.3.2)
     */
    static boolean hold(String list, String opaque, boolean weakly) {
        if (list.strip().equals("*")) {
            return true;
        }
        Matcher m = ELEMENT.matcher(list);
        boolean found = false;
        for (int at = 0; at < list.length(); at = m.end()) {
            if (!m.region(at, list.length()).lookingAt()) {
                return false;
            }
            found |= opaque.equals(m.group(2)) && (weakly || m.group(1) == null);
        }
        return found;
    }
}
