-- A newcomer has opened somebody's link: that stays, whatever links they open later. Whoever is here already was brought by nobody.
CREATE FUNCTION referrals_come(p_request_key text, p_request_hash text, p_at timestamptz, p_user_id bigint, p_code text)
RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
    outcome  jsonb := requests_claim(p_request_key, p_request_hash, 'referrals/come', p_at);
    newcomer users;
    referrer users;
    reason   text;
BEGIN
    IF outcome IS NOT NULL THEN RETURN outcome; END IF;
    SELECT * INTO newcomer FROM users WHERE id = p_user_id FOR NO KEY UPDATE;
    SELECT * INTO referrer FROM users WHERE slug = lower(p_code);
    reason := CASE
        WHEN referrer.id = p_user_id THEN 'own_link'
        WHEN newcomer.onboarded_at IS NOT NULL THEN 'not_new'
        WHEN newcomer.referred_by <> referrer.id THEN 'came_before'
        WHEN referrer.onboarded_at IS NULL THEN 'unknown_link'
        WHEN newcomer.referred_by IS NULL AND (referrer.blocked_at IS NOT NULL OR referrer.closed_at IS NOT NULL) THEN 'gone' END;
    IF reason IS NOT NULL THEN RETURN requests_refuse(p_request_key, reason, '{}'); END IF;
    UPDATE users SET referred_by = referrer.id, referred_at = p_at WHERE id = p_user_id AND referred_by IS NULL;
    RETURN requests_finish(p_request_key, jsonb_build_object(
        'answer', jsonb_build_object('referrer', referrer.first_name),
        'changed', jsonb_build_array(jsonb_build_array(p_user_id, 'Onboarding'),
            jsonb_build_array(referrer.id, 'ReferralPage'), jsonb_build_array(referrer.id, 'ReferralList')),
        'told', 0));
END
$$;
