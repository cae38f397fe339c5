-- Jobs, their rounds and who takes part; enrolled nodes and what is believed of them.
CREATE TABLE job (
    job_id VARCHAR(36) NOT NULL PRIMARY KEY,
    document ${text} NOT NULL,
    document_digest VARCHAR(64) NOT NULL,
    job_digest VARCHAR(64) NOT NULL,
    graph_digest VARCHAR(64) NOT NULL,
    submitter VARCHAR(200) NOT NULL,
    job_state VARCHAR(16) NOT NULL,
    reason VARCHAR(1000),
    rounds_total BIGINT NOT NULL,
    rounds_closed BIGINT NOT NULL,
    model_digest VARCHAR(64) NOT NULL,
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL,
    version BIGINT
);
CREATE INDEX job_state ON job (job_state);

CREATE TABLE participation (
    id BIGINT NOT NULL PRIMARY KEY,
    job_id VARCHAR(36) NOT NULL,
    node_id VARCHAR(64) NOT NULL,
    plan_json VARCHAR(2000) NOT NULL,
    participation_state VARCHAR(16) NOT NULL,
    reason VARCHAR(500),
    version BIGINT,
    CONSTRAINT participation_once UNIQUE (job_id, node_id)
);
CREATE SEQUENCE participation_seq AS INTEGER START WITH 50 INCREMENT BY 50;

CREATE TABLE job_round (
    id BIGINT NOT NULL PRIMARY KEY,
    job_id VARCHAR(36) NOT NULL,
    round_number BIGINT NOT NULL,
    attempt BIGINT NOT NULL,
    round_state VARCHAR(16) NOT NULL,
    base_digest VARCHAR(64) NOT NULL,
    model_digest VARCHAR(64),
    opened_at TIMESTAMP NOT NULL,
    deadline TIMESTAMP NOT NULL,
    aggregating_at TIMESTAMP,
    ended_at TIMESTAMP,
    version BIGINT,
    CONSTRAINT job_round_once UNIQUE (job_id, round_number, attempt)
);
CREATE SEQUENCE job_round_seq AS INTEGER START WITH 50 INCREMENT BY 50;

CREATE TABLE contribution (
    id BIGINT NOT NULL PRIMARY KEY,
    job_id VARCHAR(36) NOT NULL,
    round_number BIGINT NOT NULL,
    attempt BIGINT NOT NULL,
    node_id VARCHAR(64) NOT NULL,
    nonce VARCHAR(44) NOT NULL,
    contribution_state VARCHAR(16) NOT NULL,
    reason VARCHAR(1000),
    sealed_digest VARCHAR(64),
    envelope_digest VARCHAR(64),
    envelope_bytes BIGINT NOT NULL,
    train_ms BIGINT NOT NULL,
    loss DOUBLE PRECISION,
    accuracy DOUBLE PRECISION,
    version BIGINT,
    CONSTRAINT contribution_once UNIQUE (job_id, round_number, attempt, node_id)
);
CREATE INDEX contribution_node ON contribution (node_id, contribution_state);
CREATE SEQUENCE contribution_seq AS INTEGER START WITH 50 INCREMENT BY 50;

CREATE TABLE enrolled_node (
    node_id VARCHAR(64) NOT NULL PRIMARY KEY,
    epoch BIGINT NOT NULL,
    certificate_serial VARCHAR(64) NOT NULL,
    certificate_pem VARCHAR(8000) NOT NULL,
    tls_spki_sha384 VARCHAR(96) NOT NULL,
    request_digest VARCHAR(64) NOT NULL,
    expires_at TIMESTAMP NOT NULL,
    report_json ${text} NOT NULL,
    trusted ${boolean} NOT NULL,
    enrolled_at TIMESTAMP NOT NULL,
    version BIGINT
);

CREATE TABLE enrolment_secret (
    secret_hash VARCHAR(64) NOT NULL PRIMARY KEY,
    secret_kind VARCHAR(8) NOT NULL,
    node_id VARCHAR(64) NOT NULL,
    expires_at TIMESTAMP NOT NULL,
    used ${boolean} NOT NULL,
    version BIGINT
);

CREATE TABLE trust_policy (
    policy_version BIGINT NOT NULL PRIMARY KEY,
    policy_json ${text} NOT NULL,
    changed_by VARCHAR(64) NOT NULL,
    changed_at TIMESTAMP NOT NULL
);

CREATE TABLE used_quote (
    quote_hash VARCHAR(64) NOT NULL PRIMARY KEY,
    node_id VARCHAR(64) NOT NULL,
    used_at TIMESTAMP NOT NULL
);
