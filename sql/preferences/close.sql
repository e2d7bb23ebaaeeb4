-- Closes a person's account, when nothing is left that ties them to anybody. Rows of the ledger stay for ever.
-- Locks the person: what they begin at the same moment waits, and is then refused; what others begin with them, too, so the lock
-- is the one that a key shared with them excludes.
CREATE FUNCTION preferences_close(p_request_key text, p_request_hash text, p_at timestamptz, p_user_id bigint)
RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
    outcome jsonb := requests_claim(p_request_key, p_request_hash, 'preferences/close', p_at);
    person  users;
    owned   record;
    reason  text;
BEGIN
    IF outcome IS NOT NULL THEN RETURN outcome; END IF;
    SELECT * INTO person FROM users WHERE id = p_user_id FOR UPDATE;
    SELECT * INTO owned FROM preferences_owned(p_user_id);
    reason := CASE
        WHEN person.closed_at IS NOT NULL THEN 'closed'
        WHEN person.blocked_at IS NOT NULL THEN 'blocked'
        WHEN owned.is_staff THEN 'staff'
        WHEN owned.open_trades > 0 THEN 'open_trades'
        WHEN owned.open_cashouts > 0 THEN 'open_cashouts'
        WHEN owned.open_tickets > 0 THEN 'open_tickets'
        WHEN owned.money <> '[]' THEN 'money_left' END;
    IF reason IS NOT NULL THEN RETURN requests_refuse(p_request_key, reason, '{}'); END IF;
    UPDATE users SET closed_at = p_at, is_public = false, may_announce = false WHERE id = p_user_id;
    RETURN requests_finish(p_request_key, jsonb_build_object(
        'answer', jsonb_build_object('closed_at', p_at),
        'changed', preferences_changed(p_user_id),
        'told', outbox_secure(p_user_id, 'account_closed', jsonb_build_object('at', p_at), 'account_closed.' || p_request_key, p_at)));
END
$$;
