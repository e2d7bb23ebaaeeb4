-- What a mailed code lets go out, as its mail names it: it is good for that alone. Null: it proves an address.
ALTER TABLE verifications ADD COLUMN outgoing jsonb;
