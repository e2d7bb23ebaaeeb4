-- Whoever opens the invitation becomes the seller, if the handle fits. Locks the person, then the trade: whoever closes their account
-- at the same moment does so before this, or not at all.
CREATE FUNCTION trades_join(p_request_key text, p_request_hash text, p_at timestamptz, p_user_id bigint, p_token text)
RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
    outcome jsonb := requests_claim(p_request_key, p_request_hash, 'trades/join', p_at);
    reason  text;
    trade   trades;
BEGIN
    IF outcome IS NOT NULL THEN RETURN outcome; END IF;
    PERFORM FROM users WHERE id = p_user_id AND onboarded_at IS NOT NULL FOR NO KEY UPDATE;
    IF NOT FOUND THEN
        RETURN requests_refuse(p_request_key, 'not_onboarded', '{}');
    END IF;
    reason := trades_bind(p_user_id, p_token, p_at);
    IF reason IS NOT NULL THEN RETURN requests_refuse(p_request_key, reason, '{}'); END IF;
    SELECT t.* INTO trade FROM invitations i JOIN trades t ON t.id = i.trade_id WHERE i.token = p_token;
    RETURN trades_finish(p_request_key, trade, p_user_id, 1);
END
$$;
