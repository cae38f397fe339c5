-- What an operator bound in an enrolment token, and who issued it; what operators have stopped.
ALTER TABLE enrolment_secret ADD COLUMN allowed_json ${text};
ALTER TABLE enrolment_secret ADD COLUMN issued_by VARCHAR(200);
CREATE INDEX enrolment_secret_node ON enrolment_secret (node_id, secret_kind);

CREATE TABLE stop_order (
    stop_key VARCHAR(300) NOT NULL PRIMARY KEY,
    stop_kind VARCHAR(16) NOT NULL,
    subject VARCHAR(255) NOT NULL,
    ordered_at TIMESTAMP NOT NULL,
    ordered_by VARCHAR(200) NOT NULL,
    version BIGINT
);
CREATE INDEX stop_order_kind ON stop_order (stop_kind);
