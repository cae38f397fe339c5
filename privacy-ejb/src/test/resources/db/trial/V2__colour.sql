ALTER TABLE trial_thing ADD COLUMN colour VARCHAR(20);
UPDATE trial_thing SET colour = 'grey';
