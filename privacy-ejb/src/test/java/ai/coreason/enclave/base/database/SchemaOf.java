package ai.coreason.enclave.base.database;

import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import javax.sql.DataSource;

/** What a database's tables look like, a line a column, key or index, so that two databases can be compared. */
public final class SchemaOf {
    private SchemaOf() {}

    /** All tables but those that hold a history of migrations. */
    public static SortedSet<String> tables(DataSource source) throws SQLException {
        SortedSet<String> lines = new TreeSet<>();
        try (Connection connection = source.getConnection()) {
            DatabaseMetaData data = connection.getMetaData();
            for (String table : names(data, connection.getSchema())) {
                columns(data, connection.getSchema(), table, lines);
                indexes(data, connection.getSchema(), table, lines);
            }
        }
        return lines;
    }

    private static List<String> names(DatabaseMetaData data, String schema) throws SQLException {
        List<String> names = new ArrayList<>();
        try (ResultSet tables = data.getTables(null, schema, "%", new String[] {"TABLE"})) {
            while (tables.next()) {
                String name = tables.getString("TABLE_NAME");
                if (!name.endsWith("_schema")) {
                    names.add(name);
                }
            }
        }
        return names;
    }

    private static void columns(DatabaseMetaData data, String schema, String table, SortedSet<String> lines)
            throws SQLException {
        try (ResultSet columns = data.getColumns(null, schema, table, "%")) {
            while (columns.next()) {
                lines.add("%s.%s %s(%d) nullable=%s"
                        .formatted(
                                table,
                                columns.getString("COLUMN_NAME"),
                                columns.getString("TYPE_NAME"),
                                columns.getInt("COLUMN_SIZE"),
                                columns.getString("IS_NULLABLE"))
                        .toLowerCase(Locale.ROOT));
            }
        }
    }

    /** Indexes by what they cover: names of unique constraints differ between databases. */
    private static void indexes(DatabaseMetaData data, String schema, String table, SortedSet<String> lines)
            throws SQLException {
        Map<String, String> found = new TreeMap<>();
        try (ResultSet rows = data.getIndexInfo(null, schema, table, false, true)) {
            while (rows.next()) {
                if (rows.getString("INDEX_NAME") == null) {
                    continue;
                }
                String unique = rows.getBoolean("NON_UNIQUE") ? "index" : "unique";
                found.merge(
                        rows.getString("INDEX_NAME"),
                        unique + " " + rows.getString("COLUMN_NAME"),
                        (a, b) -> a + "," + b.substring(b.indexOf(' ') + 1));
            }
        }
        found.values().forEach(i -> lines.add((table + ": " + i).toLowerCase(Locale.ROOT)));
    }
}
