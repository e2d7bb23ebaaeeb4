-- Takes money out of the wallet for a cash-out: it is held until it has gone, or is back.
-- p_amount null: all there is. p_net is what the person was shown as arriving.
-- The person's row is locked: two at once cannot both be the last that a limit allows. A code is proven in the same statement.
CREATE FUNCTION cashout_request(
    p_request_key text, p_request_hash text, p_at timestamptz, p_secret bytea, p_user_id bigint, p_currency text, p_network text,
    p_amount numeric, p_net numeric, p_address text, p_bank_code text, p_bank_name text, p_account_name text, p_label text,
    p_code text
) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
    outcome jsonb := requests_claim(p_request_key, p_request_hash, 'cashout/request', p_at);
    target  destinations;
    own     numeric;
    whole   numeric;
    worth   numeric;
    refusal jsonb;
    made    cashouts;
BEGIN
    IF outcome IS NOT NULL THEN RETURN outcome; END IF;
    PERFORM FROM users WHERE id = p_user_id FOR NO KEY UPDATE;
    own := coalesce((SELECT balance FROM accounts
        WHERE owner = p_user_id AND currency = p_currency AND kind = 'available' FOR NO KEY UPDATE), 0);
    whole := coalesce(p_amount, own);
    worth := cashout_worth(p_currency, whole, p_at);
    target := (NULL, p_user_id, p_label, p_currency, p_network, p_address, p_bank_code, p_bank_name, p_account_name, p_at, p_at);
    refusal := cashout_check(p_secret, target, own, whole, p_net, worth, p_code, p_at);
    IF refusal IS NOT NULL THEN
        RETURN requests_refuse(p_request_key, refusal ->> 'reason', refusal -> 'details');
    END IF;
    made := cashout_make(p_request_key, target, whole, p_net, worth, p_at);
    RETURN cashout_finish(p_request_key, made, (made.state <> 'requested' AND EXISTS (SELECT FROM staff))::int, p_at);
END
$$;
