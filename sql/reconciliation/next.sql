-- internal: when a payin that was asked about is asked about again: the longer nothing has come, the later
CREATE FUNCTION reconciliation_next(p_payin payins, p_at timestamptz) RETURNS timestamptz LANGUAGE sql STABLE AS $$
    SELECT p_at + least(greatest((p_at - greatest(p_payin.created_at, max(at))) / 2, interval '5 minutes'), interval '7 days')
    FROM provider_events WHERE payin_id = p_payin.id
$$;
