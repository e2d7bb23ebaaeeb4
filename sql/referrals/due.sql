-- internal: the sides of a trade who have traded enough with p_usd more, and whose referrers have not had anything for that
-- Each is locked until the end of the transaction, in one order, so that two trades that end at once do not both count too little.
CREATE FUNCTION referrals_due(p_trade trades, p_usd numeric) RETURNS SETOF users LANGUAGE plpgsql AS $$
DECLARE
    newcomer users;
    needed   numeric := (SELECT referral_volume_usd FROM terms WHERE referral_referrer > 0);
BEGIN
    FOR newcomer IN
        SELECT * FROM users u
        WHERE u.id IN (p_trade.buyer_id, p_trade.seller_id) AND u.referred_by IS NOT NULL
            AND NOT EXISTS (SELECT FROM referral_rewards WHERE referred_id = u.id AND kind = 'referrer')
        ORDER BY u.id
    LOOP
        PERFORM pg_advisory_xact_lock(hashtextextended('referral ' || newcomer.id, 0));
        IF referrals_volume(newcomer.id) + p_usd >= needed AND EXISTS (
            SELECT FROM users WHERE id = newcomer.referred_by AND blocked_at IS NULL AND closed_at IS NULL
        ) THEN
            RETURN NEXT newcomer;
        END IF;
    END LOOP;
END
$$;
