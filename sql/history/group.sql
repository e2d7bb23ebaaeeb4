-- internal: under which filter a movement is found: in, out, trades, exchange, or fees for fee credit and all else
CREATE FUNCTION history_group(p_kind text, p_account text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE
        WHEN p_account = 'credit' THEN 'fees'
        WHEN p_kind IN ('deposit', 'opening') THEN 'in'
        WHEN p_kind IN ('cashout', 'cashout_refund') THEN 'out'
        WHEN p_kind IN ('pay', 'part', 'release', 'refund', 'split') THEN 'trades'
        WHEN p_kind = 'exchange' THEN 'exchange'
        ELSE 'fees' END
$$;
