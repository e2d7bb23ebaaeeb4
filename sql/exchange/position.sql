-- internal: how much of a currency may still be given before our position in it is as large as it may be; none when nobody knows its
-- price. A promise that was made is judged by the last price that is known, when no fresh one is agreed on.
CREATE FUNCTION exchange_position(p_rules terms, p_code text, p_at timestamptz) RETURNS numeric LANGUAGE sql STABLE AS $$
    SELECT trunc(greatest(p_rules.exchange_position_usd / price + coalesce(ledger_balance('exchange', p_code), 0), 0), least(c.scale, 8))
    FROM currencies c, LATERAL (SELECT coalesce(rates_usd(p_code, p_at), (
        SELECT r.price FROM rates r WHERE r.base = p_code AND r.quote = 'USD' AND r.at > p_at - p_rules.worth_age
            AND r.at <= p_at
        ORDER BY r.at DESC LIMIT 1)) AS price) known
    WHERE c.code = p_code
$$;
