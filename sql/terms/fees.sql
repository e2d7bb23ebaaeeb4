-- internal: what each network takes, and the least that goes over it
CREATE FUNCTION terms_fees() RETURNS jsonb LANGUAGE sql STABLE AS $$
    SELECT jsonb_agg(jsonb_build_object(
        'currency', f.currency, 'network', f.network, 'fee', f.fee::text, 'least', f.least::text) ORDER BY c.position, f.network)
    FROM payout_fees f JOIN currencies c ON c.code = f.currency
$$;
