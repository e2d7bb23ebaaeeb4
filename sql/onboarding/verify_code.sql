-- Proves an e-mail by the code that was mailed last. A wrong try is counted, although it is refused.
-- One that takes the place of another that was proven is told to that one and in the chat, and lets no money out for a day: codes for
-- cash-outs go to the new one, which somebody else may have proven. The first one of whoever had money before lifts the lower limit of
-- cash-outs a day later (sql/cashout/lower_limit.sql).
CREATE FUNCTION onboarding_verify_code(
    p_request_key text, p_request_hash text, p_at timestamptz, p_secret bytea, p_user_id bigint, p_code text
) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
    outcome jsonb := requests_claim(p_request_key, p_request_hash, 'onboarding/verify_code', p_at);
    refusal jsonb;
    proven  text;
    before  text;
BEGIN
    IF outcome IS NOT NULL THEN RETURN outcome; END IF;
    PERFORM FROM users WHERE id = p_user_id FOR NO KEY UPDATE;
    refusal := codes_use(p_secret, p_user_id, 'email', p_code, p_at);
    IF refusal IS NOT NULL THEN
        RETURN requests_refuse(p_request_key, refusal ->> 'reason', refusal -> 'details');
    END IF;
    SELECT email INTO proven FROM verifications
    WHERE user_id = p_user_id AND purpose = 'email' ORDER BY id DESC LIMIT 1;
    PERFORM contacts_lock_email(proven);
    IF contacts_taken(p_user_id, proven) THEN
        RETURN requests_refuse(p_request_key, 'email_taken', '{}');
    END IF;
    SELECT email INTO before FROM users
    WHERE id = p_user_id AND email_verified_at IS NOT NULL AND lower(email) <> lower(proven);
    IF before IS NOT NULL THEN
        UPDATE users SET email_changed_at = p_at WHERE id = p_user_id;
        PERFORM outbox_mail(before, 'email_replaced', jsonb_build_object('user_id', p_user_id, 'at', p_at),
            'email_replaced.' || p_request_key, p_at);
        PERFORM outbox_notice(p_user_id, 'email_replaced', jsonb_build_object('user_id', p_user_id, 'at', p_at),
            'email_replaced.' || p_request_key || '.chat', p_at);
    END IF;
    UPDATE users SET email = proven, email_verified_at = p_at, email_first_at = CASE
        WHEN email_verified_at IS NULL AND EXISTS (SELECT FROM accounts WHERE owner = p_user_id AND version > 0) THEN p_at
        ELSE email_first_at END
    WHERE id = p_user_id;
    DELETE FROM extra_contacts WHERE user_id = p_user_id AND kind = 'email' AND lower(value) = lower(proven);
    RETURN requests_finish(p_request_key, jsonb_build_object(
        'answer', jsonb_build_object('email', proven, 'verified_at', p_at),
        'changed', users_changed(p_user_id, ARRAY[
            'Onboarding', 'Menu', 'NewTrade', 'InvitationPage', 'CashoutStart', 'ExchangeStart', 'Extras', 'Preferences']),
        'told', 2 * (before IS NOT NULL)::int));
END
$$;
