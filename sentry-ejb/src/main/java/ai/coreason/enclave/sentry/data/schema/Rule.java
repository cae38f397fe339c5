package ai.coreason.enclave.sentry.data.schema;

/** What data can break. */
public enum Rule {
    /** A required value is missing. */
    REQUIRED,
    /** A value is not of the declared type, or not finite. */
    TYPE,
    /** A number is below the minimum. */
    MINIMUM,
    /** A number is above the maximum. */
    MAXIMUM,
    /** A value is not one of the declared ones. */
    ENUM,
    /** A value appears again in a column of unique values. */
    UNIQUE,
    /** A text is shorter or longer than declared. */
    LENGTH,
    /** A declared column or tensor is not there. */
    ABSENT,
    /** A column or tensor is there that is not declared. */
    UNDECLARED,
    /** A column's name appears again in the header. */
    REPEATED,
    /** A record has more or fewer cells than there are columns. */
    CELLS,
    /** A tensor has another shape than declared, or another number of examples than its fellows. */
    SHAPE
}
