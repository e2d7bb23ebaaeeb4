-- internal: why a correction cannot be booked now, whoever does it; null: it can
-- Limits are of what the staff makes: what was told of a payout has happened, and a payment has come.
CREATE FUNCTION admin_correction_problem(p_correction corrections, p_at timestamptz) RETURNS text LANGUAGE plpgsql STABLE AS $$
DECLARE
    event  payout_events;
    waits  unapplied;
    paid   provider_events;
    bounds terms := (SELECT t FROM terms t);
BEGIN
    IF p_correction.event_id IS NOT NULL THEN
        SELECT * INTO event FROM payout_events WHERE id = p_correction.event_id;
        RETURN CASE
            WHEN admin_event_problem(event) IS NOT NULL THEN admin_event_problem(event)
            WHEN (p_correction.currency, p_correction.amount) IS DISTINCT FROM
                ((SELECT currency FROM cashouts WHERE id = event.cashout_id), admin_event_amount(event)) THEN 'terms_changed' END;
    END IF;
    IF p_correction.unapplied_id IS NOT NULL THEN
        SELECT * INTO waits FROM unapplied WHERE id = p_correction.unapplied_id;
        SELECT * INTO paid FROM provider_events WHERE id = waits.event_id;
        RETURN coalesce(admin_why_not(p_correction.proposed_by, waits, paid, 'credited', p_correction.amount, p_correction.why), CASE
            WHEN p_correction.currency <> paid.currency THEN 'terms_changed'
            WHEN NOT EXISTS (SELECT FROM users WHERE id = p_correction.user_id) THEN 'unknown_person' END);
    END IF;
    RETURN CASE
        WHEN NOT EXISTS (SELECT FROM users WHERE id = p_correction.user_id) THEN 'unknown_person'
        WHEN p_correction.amount = 0 OR NOT admin_bookable(abs(p_correction.amount), p_correction.currency) THEN 'bad_amount'
        WHEN p_correction.usd_worth IS NULL THEN 'no_rate'
        WHEN bounds.correction_largest_usd > 0 AND p_correction.usd_worth > bounds.correction_largest_usd THEN 'too_large'
        WHEN bounds.correction_daily_usd > 0 AND p_correction.usd_worth + (
            SELECT coalesce(sum(usd_worth), 0) FROM corrections
            WHERE state = 'approved' AND decided_at > p_at - interval '24 hours' AND user_id IS NOT NULL AND unapplied_id IS NULL)
            > bounds.correction_daily_usd
            THEN 'daily_limit'
        WHEN p_correction.amount < 0 AND NOT EXISTS (
            SELECT FROM accounts WHERE owner = p_correction.user_id AND kind = 'available' AND currency = p_correction.currency
                AND balance >= -p_correction.amount) THEN 'insufficient' END;
END
$$;
