-- The staff gives an unapplied payment to a trade that can still be paid: as a part of its price or the last of it, what is over
-- to the buyer's wallet; never to a trade of their own, nor what only two may give to its buyer. Locks the payment, then the trade,
-- then accounts. p_worth is what it was shown to be worth there.
CREATE FUNCTION admin_attach_unapplied(
    p_request_key text, p_request_hash text, p_at timestamptz, p_user_id bigint, p_unapplied_id bigint, p_amount numeric,
    p_trade_id bigint, p_worth numeric, p_note text
) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
    outcome jsonb := requests_claim(p_request_key, p_request_hash, 'admin/attach_unapplied', p_at);
    waits   unapplied;
    event   provider_events;
    trade   trades;
    reason  text;
    moved   bigint;
    over    numeric;
BEGIN
    IF outcome IS NOT NULL THEN RETURN outcome; END IF;
    SELECT * INTO waits FROM unapplied WHERE id = p_unapplied_id FOR NO KEY UPDATE;
    SELECT * INTO event FROM provider_events WHERE id = waits.event_id;
    SELECT * INTO trade FROM trades WHERE id = p_trade_id FOR NO KEY UPDATE;
    reason := coalesce(admin_why_not(p_user_id, waits, event, 'attached', p_amount, p_note), CASE
        WHEN trade.id IS NULL THEN 'unknown_trade'
        WHEN p_user_id IN (trade.buyer_id, coalesce(trade.seller_id, 0)) THEN 'own_trade'
        WHEN admin_needs_second(waits, event, trade.buyer_id, p_at) THEN 'second_needed'
        WHEN trade.state NOT IN ('awaiting_payment', 'underpaid') THEN 'wrong_state'
        WHEN admin_worth(trade, event, waits.amount, p_at) IS NULL THEN 'no_rate'
        WHEN admin_worth(trade, event, waits.amount, p_at) <> p_worth THEN 'terms_changed' END);
    IF reason IS NOT NULL THEN RETURN requests_refuse(p_request_key, reason); END IF;
    SELECT transfer_id, credited INTO moved, over FROM trades_take(
        p_request_key, trade, event.provider, event.currency, waits.amount, admin_price(trade, event, p_at), coalesce((
            SELECT price_until FROM payins WHERE id = event.payin_id AND trade_id = trade.id AND currency = event.currency), p_at),
        admin_seen(trade, event, p_at), p_at);
    SELECT * INTO trade FROM trades WHERE id = p_trade_id;
    IF trade.state = 'paid' THEN
        PERFORM trades_tell(trade, 'seller', 'trade_paid', p_at);
    END IF;
    RETURN requests_finish(p_request_key, jsonb_build_object(
        'answer', admin_end_unapplied(waits, event, 'attached', moved, trade.buyer_id, over, trade, p_user_id, p_note, p_at),
        'changed', admin_changed() || trades_changed(trade), 'told', 1));
END
$$;
