-- internal: whether crediting a payment that fitted nothing to somebody needs two of finance: it goes to another than to whose place it
-- came, or its provider never verified that it came, and it is not small or nobody knows what it is worth
CREATE FUNCTION admin_needs_second(p_waits unapplied, p_event provider_events, p_receiver bigint, p_at timestamptz)
RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT credit_second_usd > 0 AND (p_event.user_id IS DISTINCT FROM p_receiver OR p_waits.reason = 'unverified')
        AND coalesce(cashout_worth(p_event.currency, p_waits.amount, p_at) >= credit_second_usd, true)
    FROM terms
$$;
