-- Whether an address is one of ours is asked before money goes to it, whoever has given it to us.
CREATE INDEX payins_of_address ON payins (address) WHERE address IS NOT NULL;
