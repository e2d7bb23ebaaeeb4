-- What a webhook says of a payout (done, failed): it ends nothing and moves no money, as whoever has the webhook's secret can say so.
-- While whom it was given to can be asked, that is recorded as heard (heard_done, heard_failed) and asked about at once: what is
-- answered then settles it. All else is recorded as told, and put before the staff where it contradicts; what is told paid while
-- nobody is asked to pay it (requested, waiting) is set aside, so that it is not paid again.
CREATE FUNCTION cashout_hear(
    p_request_key text, p_request_hash text, p_at timestamptz, p_reference text, p_provider text, p_outcome text,
    p_external_id text, p_txid text, p_body bytea, p_headers text
) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
    outcome jsonb := requests_claim(p_request_key, p_request_hash, 'cashout/hear', p_at);
    cashout cashouts;
    before  text;
    heard   boolean;
    told    payout_events;
    strange boolean;
BEGIN
    IF outcome IS NOT NULL THEN RETURN outcome; END IF;
    SELECT * INTO cashout FROM cashouts WHERE reference = p_reference FOR NO KEY UPDATE;
    before := cashout.state;
    heard := coalesce(before IN ('sending', 'unknown', 'sent', 'waiting') AND cashout.provider = p_provider, false);
    INSERT INTO payout_events (provider, reference, cashout_id, outcome, external_id, txid, body, headers, at)
    VALUES (p_provider, p_reference, cashout.id, CASE WHEN heard THEN 'heard_' ELSE '' END || p_outcome, p_external_id, p_txid, p_body,
        p_headers, p_at) RETURNING * INTO told;
    IF cashout.id IS NULL THEN
        IF p_outcome = 'done' THEN PERFORM cashout_alarm(p_request_key, NULL, told); END IF;
        RETURN requests_refuse(p_request_key, 'unknown_cashout', '{}');
    END IF;
    -- What waits without a time is being paid by hand, and is not asked about: who does so has to know.
    strange := cashout_strange(cashout, told)
        OR before = 'waiting' AND p_outcome = 'done' AND NOT (heard AND cashout.ask_at IS NOT NULL);
    IF before IN ('requested', 'waiting') AND told.outcome = 'done' THEN
        cashout := cashout_set_aside(cashout);
    ELSIF heard AND cashout.ask_at IS NOT NULL THEN
        UPDATE cashouts SET ask_at = p_at WHERE id = cashout.id RETURNING * INTO cashout;
    END IF;
    IF strange THEN
        PERFORM cashout_alarm(p_request_key, cashout, told);
    END IF;
    RETURN cashout_finish(p_request_key, cashout,
        CASE WHEN cashout.state <> before THEN cashout_tell(cashout, p_request_key, p_at) ELSE strange::int END, p_at);
END
$$;
