-- Pays what is missing of a trade's price out of another balance, at the price that was promised. Locks the currency that we
-- give, as an exchange does, before it looks whether our position stays within its limit.
CREATE FUNCTION trades_pay_quoted(
    p_request_key text, p_request_hash text, p_at timestamptz, p_user_id bigint, p_quote_id bigint
) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
    outcome jsonb := requests_claim(p_request_key, p_request_hash, 'trades/pay_quoted', p_at);
    quote   quotes;
    trade   trades;
    reason  text;
    refusal jsonb;
    parts   holds[];
    own     numeric;
    moved   bigint;
BEGIN
    IF outcome IS NOT NULL THEN RETURN outcome; END IF;
    SELECT t.* INTO trade FROM trades t
    WHERE id = (SELECT trade_id FROM quotes WHERE id = p_quote_id AND user_id = p_user_id) FOR NO KEY UPDATE;
    SELECT * INTO quote FROM quotes WHERE id = p_quote_id AND trade_id = trade.id FOR NO KEY UPDATE;
    reason := trades_why_not(trade, p_user_id, 'pay', p_at);
    IF reason IS NOT NULL THEN RETURN trades_refuse(p_request_key, trade, reason); END IF;
    IF p_at >= quote.valid_until OR quote.used_by IS NOT NULL THEN
        RETURN requests_refuse(p_request_key, 'quote_expired', '{}');
    END IF;
    parts := trades_counted(trade, p_at, p_at);
    IF quote.to_amount <> trades_rest(trade, parts) THEN
        RETURN requests_refuse(p_request_key, 'terms_changed', jsonb_build_object('total', trades_rest(trade, parts)::text));
    END IF;
    PERFORM pg_advisory_xact_lock(hashtextextended('exchange ' || trade.currency, 0));
    refusal := trades_full(trade, quote.to_amount, parts, p_at);
    IF refusal IS NOT NULL THEN
        RETURN requests_refuse(p_request_key, refusal ->> 'reason', refusal -> 'details');
    END IF;
    moved := trades_cover(p_request_key, trade, parts, 'wallet', quote.from_currency, quote.from_amount, quote.to_amount,
        quote.price, quote.id, ARRAY[('available', p_user_id, quote.from_currency, -quote.from_amount)]::ledger_line[],
        trade.amount - trade.seller_fee, p_at);
    IF moved IS NULL THEN
        own := coalesce((
            SELECT balance FROM accounts
            WHERE owner = p_user_id AND currency = quote.from_currency AND kind = 'available'), 0);
        RETURN requests_refuse(p_request_key, 'insufficient', jsonb_build_object(
            'currency', quote.from_currency, 'available', own::text, 'total', quote.from_amount::text,
            'missing', (quote.from_amount - own)::text));
    END IF;
    UPDATE quotes SET used_by = moved WHERE id = quote.id;
    SELECT * INTO trade FROM trades WHERE id = trade.id;
    RETURN trades_finish(p_request_key, trade, p_user_id, trades_tell(trade, 'seller', 'trade_paid', p_at));
END
$$;
