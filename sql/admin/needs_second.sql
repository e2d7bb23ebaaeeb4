-- internal: whether crediting a payment that fitted nothing to somebody needs two of finance: its provider never verified that it came,
-- or it goes to another than to whose place it came and is not small, as far as anybody knows
CREATE FUNCTION admin_needs_second(p_waits unapplied, p_event provider_events, p_receiver bigint, p_at timestamptz)
RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT credit_second_usd > 0 AND (p_waits.reason = 'unverified' OR p_event.user_id IS DISTINCT FROM p_receiver
        AND coalesce(cashout_worth(p_event.currency, p_waits.amount, p_at) >= credit_second_usd, true))
    FROM terms
$$;
