-- internal: what a payout's event, told of a cash-out, did to the money that left: again so much (told paid), or so much came back
CREATE FUNCTION admin_event_amount(p_event payout_events) RETURNS numeric LANGUAGE sql STABLE AS $$
    SELECT CASE p_event.outcome WHEN 'done' THEN net WHEN 'failed' THEN -net END FROM cashouts WHERE id = p_event.cashout_id
$$;
