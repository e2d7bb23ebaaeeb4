-- internal: whether money has come by a place to pay in
CREATE FUNCTION deposits_used(p_payin_id bigint) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT EXISTS (SELECT FROM provider_events WHERE payin_id = p_payin_id AND NOT pending)
$$;
