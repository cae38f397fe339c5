-- The audit log and its head.
CREATE TABLE audit_entry (
    entry_sequence BIGINT NOT NULL PRIMARY KEY,
    event VARCHAR(80) NOT NULL,
    record_json VARCHAR(8000) NOT NULL
);

CREATE TABLE audit_head (
    head_id INTEGER NOT NULL PRIMARY KEY,
    last_sequence BIGINT NOT NULL,
    head_hash VARCHAR(64) NOT NULL
);
