-- Sealed updates until they are delivered, and the base model that each round was trained from.
CREATE TABLE outbox (
    entry_id VARCHAR(120) NOT NULL PRIMARY KEY,
    job_id VARCHAR(64) NOT NULL,
    round_number BIGINT NOT NULL,
    attempt BIGINT NOT NULL,
    entry_state VARCHAR(16) NOT NULL,
    envelope ${bytes},
    version BIGINT
);
CREATE INDEX outbox_state ON outbox (entry_state);
CREATE INDEX outbox_job ON outbox (job_id);

CREATE TABLE round_base (
    round_id VARCHAR(100) NOT NULL PRIMARY KEY,
    base_digest VARCHAR(64) NOT NULL
);
