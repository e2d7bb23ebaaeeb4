-- Nobody asked for it.
ALTER TABLE inbox DROP COLUMN partition;
