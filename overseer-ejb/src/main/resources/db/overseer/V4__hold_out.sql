-- How well a round's model does on public records.
ALTER TABLE job_round ADD COLUMN held_out_records BIGINT;
ALTER TABLE job_round ADD COLUMN held_out_loss DOUBLE PRECISION;
ALTER TABLE job_round ADD COLUMN held_out_accuracy DOUBLE PRECISION;
