-- Somebody of support decides a dispute: the seller gets p_percent of what is held, less our fee on that part; the rest goes back to
-- the buyer. Whoever is on duty may, and once: the trade is locked, and ends.
-- The sums are what was shown: a late payment that changed what is held makes them old.
CREATE FUNCTION disputes_resolve(
    p_request_key text, p_request_hash text, p_at timestamptz, p_user_id bigint, p_trade_id bigint, p_percent int, p_held numeric,
    p_buyer_gets numeric, p_seller_gets numeric, p_fee numeric, p_why text
) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
    outcome jsonb := requests_claim(p_request_key, p_request_hash, 'disputes/resolve', p_at);
    trade   trades;
    dispute disputes;
    parts   record;
    reason  text;
BEGIN
    IF outcome IS NOT NULL THEN RETURN outcome; END IF;
    SELECT * INTO trade FROM trades WHERE id = p_trade_id FOR NO KEY UPDATE;
    SELECT * INTO dispute FROM disputes WHERE trade_id = p_trade_id;
    reason := disputes_why_not(trade, dispute, p_user_id);
    IF reason IS NOT NULL THEN RETURN requests_refuse(p_request_key, reason); END IF;
    IF p_percent NOT BETWEEN 0 AND 100 THEN RETURN requests_refuse(p_request_key, 'bad_percent'); END IF;
    IF p_why !~ '\S' OR length(p_why) > 500 THEN RETURN requests_refuse(p_request_key, 'bad_why'); END IF;
    SELECT s.* INTO parts FROM currencies c, disputes_split(trade.held, trade.payout, c.scale, p_percent) s
    WHERE c.code = trade.currency;
    IF (p_held, p_buyer_gets, p_seller_gets, p_fee)
        IS DISTINCT FROM (trade.held, trade.held - parts.released, parts.released - parts.fee, parts.fee) THEN
        RETURN requests_refuse(p_request_key, 'terms_changed');
    END IF;

    UPDATE disputes SET resolved_at = p_at, resolved_by = p_user_id, seller_percent = p_percent, released = parts.released,
        fee = parts.fee, why = p_why, how = CASE p_percent WHEN 0 THEN 'refund' WHEN 100 THEN 'release' ELSE 'split' END
    WHERE id = dispute.id RETURNING * INTO dispute;
    trade := trades_end(p_request_key, trade, 'resolved', p_at);
    PERFORM admin_record(p_user_id, 'resolve_dispute', 'trade ' || trade.id, p_why,
        jsonb_build_object('state', 'disputed', 'held', trade.held::text),
        jsonb_build_object('state', trade.state, 'percent', p_percent, 'buyer_gets', p_buyer_gets::text,
            'seller_gets', p_seller_gets::text, 'fee', p_fee::text), p_at);
    PERFORM outbox_notice(person, 'dispute_resolved', disputes_news(trade, dispute, side),
        format('dispute_resolved.%s.%s', dispute.id, side), p_at)
    FROM (VALUES (trade.buyer_id, 'buyer'), (trade.seller_id, 'seller')) told (person, side);
    RETURN requests_finish(p_request_key, jsonb_build_object(
        'answer', jsonb_build_object('trade_id', trade.id, 'how', dispute.how, 'percent', p_percent),
        'changed', trades_changed(trade), 'told', 2));
END
$$;
