-- Datasets, their charges and the certificates of those who signed them: at a node and, mirrored, at the Overseer.
CREATE TABLE dataset_account (
    account_key VARCHAR(200) NOT NULL PRIMARY KEY,
    registration VARCHAR(2000) NOT NULL,
    data_source VARCHAR(1000),
    last_sequence BIGINT NOT NULL,
    head_hash VARCHAR(64) NOT NULL,
    filter_spent DOUBLE PRECISION NOT NULL,
    version BIGINT
);

CREATE TABLE ledger_charge (
    id BIGINT NOT NULL PRIMARY KEY,
    account_key VARCHAR(200) NOT NULL,
    row_sequence BIGINT NOT NULL,
    job_id VARCHAR(64) NOT NULL,
    round_number BIGINT NOT NULL,
    attempt BIGINT NOT NULL,
    recovered_from VARCHAR(64) NOT NULL,
    charge_state VARCHAR(16) NOT NULL,
    row_json VARCHAR(4000) NOT NULL,
    CONSTRAINT ledger_charge_once UNIQUE (account_key, job_id, round_number, attempt, recovered_from),
    CONSTRAINT ledger_charge_sequence UNIQUE (account_key, row_sequence)
);
CREATE INDEX ledger_charge_job ON ledger_charge (job_id);
CREATE SEQUENCE ledger_charge_seq AS INTEGER START WITH 50 INCREMENT BY 50;

CREATE TABLE ledger_signer (
    fingerprint VARCHAR(64) NOT NULL PRIMARY KEY,
    node_id VARCHAR(64) NOT NULL,
    certificate VARCHAR(4000) NOT NULL
);
CREATE INDEX ledger_signer_node ON ledger_signer (node_id);
