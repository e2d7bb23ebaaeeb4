-- internal: takes money that came for a trade that is not fully paid: as a part of its price or as the last of it, what is over
-- to the wallet
-- p_price is null for the trade's own currency, else it is promised until p_price_until. The money was first seen at p_seen: parts
-- count for what they counted for then, or who paid all of it in time would be asked for more. Answers the transfer and what of
-- the money went to the wallet.
-- Each part gives the buyer the whole window to choose what becomes of it, but none more than a day after the trade's
-- beginning, without the time in which nobody could act: the seller waits. A trade that is paid stays it: what the tolerance
-- forgave is filled up, whatever it forgives by now.
-- The caller has locked the trade and checked that it can be paid.
CREATE FUNCTION trades_take(
    p_request_key text, p_trade trades, p_provider text, p_currency text, p_amount numeric, p_price numeric,
    p_price_until timestamptz, p_seen timestamptz, p_at timestamptz,
    OUT transfer_id bigint, OUT credited numeric
) LANGUAGE plpgsql AS $$
DECLARE
    parts   holds[] := trades_counted(p_trade, p_seen, p_at);
    missing numeric := trades_rest(p_trade, parts);
    digits  int := (SELECT scale FROM currencies WHERE code = p_trade.currency);
    worth   numeric := CASE WHEN p_price IS NULL THEN p_amount ELSE round(p_amount * p_price, digits) END;
    used    numeric := p_amount;
    later   trades := trades_later(p_trade, p_at);
    until   timestamptz := greatest(later.pay_by, later.choose_by, (
        SELECT least(p_at, later.created_at + later.given_back + greatest(payment_window, interval '24 hours')) + choice_window FROM terms));
    lines   ledger_line[] := ARRAY[('clearing:' || p_provider, NULL, p_currency, -p_amount)]::ledger_line[];
BEGIN
    IF worth >= missing THEN
        used := least(p_amount, CASE WHEN p_price IS NULL THEN missing
            ELSE rates_cost(missing, p_price, (SELECT scale FROM currencies WHERE code = p_currency), digits) END);
        worth := missing;
    END IF;
    credited := p_amount - used;
    IF credited > 0 THEN
        lines := lines || ('available', p_trade.buyer_id, p_currency, credited)::ledger_line;
    END IF;
    IF p_trade.paid_at IS NOT NULL OR worth >= missing - trades_tolerance(p_trade) THEN
        transfer_id := trades_cover(
            p_request_key, p_trade, parts, 'payin', p_currency, used, worth, p_price, NULL, lines,
            p_trade.amount - p_trade.seller_fee, p_at);
        RETURN;
    END IF;
    transfer_id := ledger_transfer(
        p_request_key, 'part', p_trade.id, '', lines || ('held', NULL, p_currency, used)::ledger_line, p_at);
    INSERT INTO holds (trade_id, user_id, currency, amount, began_by, began_at, source, worth, price, price_until)
    VALUES (p_trade.id, p_trade.buyer_id, p_currency, used, transfer_id, p_at, 'payin',
        CASE WHEN p_price IS NOT NULL THEN worth END, p_price, CASE WHEN p_price IS NOT NULL THEN p_price_until END);
    UPDATE trades SET
        state = 'underpaid', underpaid_at = coalesce(underpaid_at, p_at),
        choose_by = until, reminded = until - p_at, given_back = later.given_back, given_back_at = later.given_back_at
    WHERE id = p_trade.id;
END
$$;
