-- Pays what is missing of a trade's price out of the wallet; the seller has to answer. Parts that came in other coins are converted
-- with it: once their price is not promised any more, that has an exchange's guard.
CREATE FUNCTION trades_pay(
    p_request_key text, p_request_hash text, p_at timestamptz, p_user_id bigint, p_trade_id bigint, p_amount numeric
) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
    outcome jsonb := requests_claim(p_request_key, p_request_hash, 'trades/pay', p_at);
    trade   trades;
    reason  text;
    refusal jsonb;
    parts   holds[];
    total   numeric;
    own     numeric;
BEGIN
    IF outcome IS NOT NULL THEN RETURN outcome; END IF;
    SELECT * INTO trade FROM trades WHERE id = p_trade_id FOR NO KEY UPDATE;
    reason := trades_why_not(trade, p_user_id, 'pay', p_at);
    IF reason IS NOT NULL THEN RETURN trades_refuse(p_request_key, trade, reason); END IF;
    parts := trades_counted(trade, p_at, p_at);
    total := trades_rest(trade, parts);
    IF p_amount <> total THEN
        RETURN requests_refuse(p_request_key, 'terms_changed', jsonb_build_object('total', total::text));
    END IF;
    refusal := trades_parts_full(trade, parts, p_at);
    IF refusal IS NOT NULL THEN
        RETURN requests_refuse(p_request_key, refusal ->> 'reason', refusal -> 'details');
    END IF;
    IF trades_cover(p_request_key, trade, parts, 'wallet', trade.currency, total, total, NULL, NULL,
        CASE WHEN total > 0 THEN ARRAY[('available', p_user_id, trade.currency, -total)]::ledger_line[] END, trade.amount - trade.seller_fee, p_at) IS NULL
    THEN
        own := coalesce((
            SELECT balance FROM accounts
            WHERE owner = p_user_id AND currency = trade.currency AND kind = 'available'), 0);
        RETURN requests_refuse(p_request_key, 'insufficient', jsonb_build_object(
            'currency', trade.currency, 'available', own::text, 'total', total::text, 'missing', (total - own)::text));
    END IF;
    SELECT * INTO trade FROM trades WHERE id = p_trade_id;
    RETURN trades_finish(p_request_key, trade, p_user_id, trades_tell(trade, 'seller', 'trade_paid', p_at));
END
$$;
