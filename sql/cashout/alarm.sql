-- internal: what was told of a payout is put before the staff: it contradicts its cash-out, or (an empty row) it is of none of ours
CREATE FUNCTION cashout_alarm(p_request_key text, p_cashout cashouts, p_told payout_events) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO payout_alarms (event_id) VALUES (p_told.id);
    IF p_cashout.id IS NULL THEN
        PERFORM admin_tell('payout_of_nobody', jsonb_build_object('provider', p_told.provider, 'reference', p_told.reference,
            'told', p_told.outcome, 'txid', p_told.txid), 'payout_of_nobody.' || p_request_key, p_told.at);
    ELSE
        PERFORM admin_tell('cashout_strange',
            cashout_news(p_cashout) || jsonb_build_object('told', p_told.outcome, 'by', p_told.provider),
            'cashout_strange.' || p_request_key, p_told.at);
    END IF;
END
$$;
