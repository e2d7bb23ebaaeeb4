-- internal: whether an address is one that LockBay was given to be paid at; providers write Ethereum's in either case
CREATE FUNCTION contacts_ours(p_network text, p_address text) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT p_network <> 'BANK' AND EXISTS (SELECT FROM payins WHERE address IN (p_address, lower(p_address)))
$$;
