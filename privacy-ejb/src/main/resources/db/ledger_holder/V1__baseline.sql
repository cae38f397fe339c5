-- What only the holder of a ledger keeps, the node: countersigned heads, and rows that a recovery brought back.
CREATE TABLE countersigned_head (
    account_key VARCHAR(200) NOT NULL PRIMARY KEY,
    head_sequence BIGINT NOT NULL,
    head_hash VARCHAR(64) NOT NULL,
    head_document VARCHAR(8000) NOT NULL
);

CREATE TABLE ledger_carried (
    carried_id VARCHAR(300) NOT NULL PRIMARY KEY,
    account_key VARCHAR(200) NOT NULL,
    row_sequence BIGINT NOT NULL,
    row_json VARCHAR(4000) NOT NULL
);
