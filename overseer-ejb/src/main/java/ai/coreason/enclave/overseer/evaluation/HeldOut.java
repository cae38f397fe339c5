package ai.coreason.enclave.overseer.evaluation;

/** What public records say of a model. They are public, so is all that is said of them. */
public sealed interface HeldOut {
    /** Longest note or reason that is kept, characters. */
    int MAX_TEXT = 1000;

    /**
     * How well the model does.
     *
     * @param notes what is to be known of the records beside, in sentences; blank if nothing is
     */
    record Measured(Score score, String notes) implements HeldOut {
        /** Cuts notes that are too long. */
        public Measured {
            notes = cut(notes);
        }
    }

    /** The records say nothing of it; why. */
    record Refused(String why) implements HeldOut {
        /** Cuts a reason that is too long. */
        public Refused {
            why = cut(why);
        }
    }

    private static String cut(String text) {
        return text.length() <= MAX_TEXT ? text : text.substring(0, MAX_TEXT - 1) + "…";
    }
}
