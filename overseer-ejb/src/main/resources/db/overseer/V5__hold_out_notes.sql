-- What is to be known of a round's figures on public records, or why there are none.
ALTER TABLE job_round ADD COLUMN held_out_notes VARCHAR(1000);
