-- internal: locks the people and the balances of cash-outs; answers those that it got all of, which is all where it may wait
CREATE FUNCTION cashout_reserve(p_asked cashout_ask[], p_patient boolean) RETURNS cashout_ask[] LANGUAGE plpgsql AS $$
BEGIN
    IF NOT p_patient THEN
        RETURN ARRAY(
            SELECT ask FROM unnest(p_asked) ask
            JOIN users u ON u.id = ask.user_id
            JOIN accounts a ON a.owner = ask.user_id AND a.currency = ask.currency AND a.kind = 'available'
            FOR NO KEY UPDATE OF u, a SKIP LOCKED);
    END IF;
    PERFORM FROM users WHERE id IN (SELECT user_id FROM unnest(p_asked)) ORDER BY id FOR NO KEY UPDATE;
    PERFORM FROM accounts a JOIN unnest(p_asked) ask ON a.owner = ask.user_id AND a.currency = ask.currency
    WHERE a.kind = 'available' ORDER BY a.id FOR NO KEY UPDATE OF a;
    RETURN p_asked;
END
$$;
