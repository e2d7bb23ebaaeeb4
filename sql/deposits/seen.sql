-- internal: since when a payment is known to be of that much or more; p_at when it is new
-- However long a chain takes to confirm it, who paid in time did.
CREATE FUNCTION deposits_seen(
    p_payin payins, p_provider text, p_event_id text, p_currency text, p_value numeric, p_at timestamptz
) RETURNS timestamptz LANGUAGE sql STABLE AS $$
    SELECT coalesce(min(at), p_at) FROM provider_events
    WHERE provider = p_provider AND event_id = p_event_id AND currency = p_currency AND payin_id = p_payin.id AND amount >= p_value
$$;
