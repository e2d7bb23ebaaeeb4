-- internal: how much of a currency somebody may still be given for others, beside what this trade of theirs, if any, is about
-- What they were promised for other trades and have not paid counts: several open places could be paid together. It counts for them
-- alone, or anybody could keep everybody from exchanging with places that nobody pays.
CREATE FUNCTION exchange_room(p_user_id bigint, p_trade_id bigint, p_rules terms, p_code text, p_at timestamptz)
RETURNS numeric LANGUAGE sql STABLE AS $$
    SELECT trunc(greatest(room - promised, 0), scale(room))
    FROM exchange_position(p_rules, p_code, p_at) room, LATERAL (
        SELECT coalesce(sum(t.amount + t.buyer_fee - coalesce((
            SELECT sum(amount) FROM holds WHERE trade_id = t.id AND ended_by IS NULL AND price IS NULL), 0)), 0) AS promised
        FROM trades t
        WHERE t.buyer_id = p_user_id AND t.ended_at IS NULL AND t.state IN ('awaiting_payment', 'underpaid')
            AND t.currency = p_code AND t.id IS DISTINCT FROM p_trade_id
            AND EXISTS (SELECT FROM payins p WHERE trade_id = t.id AND deposits_price_until(p, p_at) > p_at)
    ) others
$$;
