-- Takes money out of wallets for cash-outs, of many people at once: it is held until it has gone, or is back. Each is made or refused
-- by itself, and answered in its place. p_amount null: all there is. p_net is what the person was shown as arriving.
-- A person's row is locked: two at once cannot both be the last that a limit allows; of one person's only the first counts here.
-- A code is proven in the same transaction.
-- Not p_patient: what would have to wait for a lock is answered with null, and nothing of it is done. Who shares a transaction and
-- never waits is in no circle with anybody, whatever the order. An outcome is of whoever asked for it: what is under the key is another
-- request's when the hash is, and that is for whoever does it alone to find.
CREATE FUNCTION cashout_request(
    p_request_key text[], p_request_hash text[], p_at timestamptz, p_secret bytea, p_user_id bigint[], p_currency text[],
    p_network text[], p_amount numeric[], p_net numeric[], p_address text[], p_bank_code text[], p_bank_name text[],
    p_account_name text[], p_label text[], p_code text[], p_patient boolean DEFAULT true
) RETURNS SETOF jsonb LANGUAGE plpgsql AS $$
DECLARE
    asked cashout_ask[] := ARRAY(
        SELECT DISTINCT ON (user_id) (request_key, request_hash, user_id, label, currency, network, address, bank_code, bank_name,
            account_name, amount, net, code, NULL, NULL, NULL)::cashout_ask
        FROM unnest(
            p_request_key, p_request_hash, p_user_id, p_label, p_currency, p_network, p_address, p_bank_code, p_bank_name,
            p_account_name, p_amount, p_net, p_code
        ) WITH ORDINALITY AS ask (
            request_key, request_hash, user_id, label, currency, network, address, bank_code, bank_name, account_name, amount, net,
            code, place)
        ORDER BY user_id, place);
    made  cashouts[];
BEGIN
    asked := cashout_judge(p_secret, cashout_claim(cashout_reserve(asked, p_patient), p_at), p_at);
    made := cashout_make(asked, p_at);
    PERFORM requests_refuse(request_key, refusal ->> 'reason', refusal -> 'details') FROM unnest(asked) WHERE refusal IS NOT NULL;
    UPDATE requests r SET outcome = cashout_outcome(
        cashout, (cashout.state <> 'requested' AND EXISTS (SELECT FROM staff))::int, p_at)
    FROM unnest(asked) ask JOIN unnest(made) cashout USING (user_id) WHERE r.key = ask.request_key;
    RETURN QUERY SELECT r.outcome
    FROM unnest(p_request_key, p_request_hash) WITH ORDINALITY AS given (key, hash, place)
    LEFT JOIN requests r ON r.key = given.key AND r.hash = given.hash AND r.operation = 'cashout/request'
    ORDER BY given.place;
END
$$;
