-- internal: how much of a payment was applied or is unapplied already, wherever it was told to go
CREATE FUNCTION deposits_told(p_provider text, p_event_id text, p_currency text) RETURNS numeric LANGUAGE sql STABLE AS $$
    SELECT coalesce(sum(e.moved + coalesce(x.amount, 0)), 0)
    FROM provider_events e LEFT JOIN unapplied x ON x.event_id = e.id
    WHERE e.provider = p_provider AND e.event_id = p_event_id AND e.currency = p_currency
$$;
