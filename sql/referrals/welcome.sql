-- internal: somebody has accepted the terms for the first time: if a link brought them, they get fee credit, and who sent it is told
-- The caller has locked the newcomer. Answers how many were told.
CREATE FUNCTION referrals_welcome(p_request_key text, p_user_id bigint, p_at timestamptz) RETURNS int LANGUAGE plpgsql AS $$
DECLARE
    newcomer users;
    rules    terms;
    gift     numeric;
BEGIN
    SELECT * INTO newcomer FROM users WHERE id = p_user_id;
    IF newcomer.referred_by IS NULL THEN RETURN 0; END IF;
    SELECT * INTO rules FROM terms;
    gift := trunc(rules.referral_newcomer, 6);
    IF referrals_give(p_request_key, p_user_id, 'newcomer', p_user_id, gift, NULL, NULL, p_at) THEN
        PERFORM outbox_notice(p_user_id, 'referral_welcome', jsonb_build_object('amount', gift::text),
            'referral_welcome.' || p_user_id, p_at);
    END IF;
    PERFORM outbox_notice(newcomer.referred_by, 'referral_joined', jsonb_build_object(
            'name', newcomer.first_name, 'amount', rules.referral_referrer::text, 'needed', rules.referral_volume_usd::text),
        'referral_joined.' || p_user_id, p_at);
    RETURN 2;
END
$$;
