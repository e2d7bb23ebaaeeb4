-- Lets a person in, and into the trade that they were invited to.
CREATE FUNCTION onboarding_accept_terms(
    p_request_key text, p_request_hash text, p_at timestamptz, p_user_id bigint, p_token text
) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
    outcome jsonb := requests_claim(p_request_key, p_request_hash, 'onboarding/accept_terms', p_at);
    agreed  timestamptz;
    joined  bigint;
    why_not text;
    is_new  boolean;
    told    int := 0;
BEGIN
    IF outcome IS NOT NULL THEN RETURN outcome; END IF;
    SELECT onboarded_at IS NULL INTO is_new FROM users WHERE id = p_user_id FOR NO KEY UPDATE;
    UPDATE users SET terms_at = coalesce(terms_at, p_at), onboarded_at = coalesce(onboarded_at, p_at)
    WHERE id = p_user_id RETURNING terms_at INTO agreed;
    IF p_token IS NOT NULL THEN
        why_not := trades_bind(p_user_id, p_token, p_at);
        SELECT trade_id INTO joined FROM invitations WHERE token = p_token AND why_not IS NULL;
    END IF;
    IF is_new THEN
        told := referrals_welcome(p_request_key, p_user_id, p_at);
    END IF;
    RETURN requests_finish(p_request_key, jsonb_build_object(
        'answer', jsonb_build_object('terms_at', agreed, 'trade_id', joined, 'reason', why_not),
        'changed', (
            SELECT coalesce(jsonb_agg(jsonb_build_array(person, name)), '[]')
            FROM (SELECT p_user_id UNION SELECT buyer_id FROM trades WHERE id = joined) people (person),
                unnest(ARRAY[
                    'Person', 'Onboarding', 'Menu', 'TradePage', 'TradeList', 'NewTrade', 'InvitationPage', 'Wallet']) name)
            || (SELECT coalesce(jsonb_agg(jsonb_build_array(referred_by, name)), '[]')
                FROM users, unnest(ARRAY['ReferralPage', 'ReferralList']) name WHERE id = p_user_id AND referred_by IS NOT NULL),
        'told', told + (joined IS NOT NULL)::int));
END
$$;
