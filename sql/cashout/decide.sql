-- Somebody who runs LockBay decides about a cash-out: approve or decline one that waits for approval; give back or mark as paid
-- by hand (p_txid) one that waits for an operator, or whose fate a provider could not tell.
-- Whoever paid by hand has told of a payment like a provider: should the provider have paid, too, it is seen.
-- p_expected is the state that was shown: of two at once one decides. Whoever has claimed it to pay it by hand does so undisturbed for
-- an hour: two who pay, or one who pays what another gives back, are money lost. Nobody decides about their own. What is asked for by
-- who has been blocked since is sent by nobody; what may have been paid can be written down.
-- That it was paid, by whoever has claimed it, is no wish: it counts in whichever state can be paid, and is kept where it has gone on
-- without them.
CREATE FUNCTION cashout_decide(
    p_request_key text, p_request_hash text, p_at timestamptz, p_user_id bigint, p_cashout_id bigint, p_expected text,
    p_decision text, p_txid text, p_note text
) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
    outcome jsonb := requests_claim(p_request_key, p_request_hash, 'cashout/decide', p_at);
    cashout cashouts;
    before  text;
    refusal text;
    is_fact boolean;
BEGIN
    IF outcome IS NOT NULL THEN RETURN outcome; END IF;
    IF NOT admin_may(p_user_id, 'finance') THEN
        RETURN requests_refuse(p_request_key, 'not_staff', '{}');
    END IF;
    SELECT * INTO cashout FROM cashouts WHERE id = p_cashout_id FOR NO KEY UPDATE;
    IF cashout.id IS NULL THEN RETURN requests_refuse(p_request_key, 'unknown_cashout', '{}'); END IF;
    IF cashout.user_id = p_user_id THEN RETURN requests_refuse(p_request_key, 'own_cashout', '{}'); END IF;
    is_fact := p_decision = 'paid' AND p_txid ~ '\S' AND cashout_has_begun(cashout.id, p_user_id);
    refusal := CASE
        WHEN length(p_note) > 500 OR length(p_txid) > 120 THEN 'bad_note'
        WHEN cashout.state <> p_expected AND NOT is_fact OR NOT (CASE p_decision
            WHEN 'approve' THEN cashout.state = 'awaiting_approval'
            WHEN 'decline' THEN cashout.state IN ('awaiting_approval', 'waiting')
            WHEN 'refund' THEN cashout.state IN ('waiting', 'unknown')
            WHEN 'paid' THEN cashout.state IN ('waiting', 'unknown') AND p_txid ~ '\S'
            WHEN 'claim' THEN cashout.state IN ('waiting', 'unknown')
            WHEN 'retry' THEN cashout.state = 'waiting' ELSE false END) THEN 'wrong_state'
        WHEN cashout.claimed_by <> p_user_id AND cashout_in_hand(cashout, p_at) THEN 'claimed'
        WHEN p_decision = 'retry' AND cashout_told_paid(cashout) THEN 'told_paid'
        WHEN cashout_blocked(cashout) AND (p_decision IN ('approve', 'retry')
            OR p_decision = 'claim' AND cashout.state = 'waiting' AND NOT cashout_told_paid(cashout)) THEN 'blocked' END;
    IF refusal IN ('wrong_state', 'claimed') AND is_fact THEN
        RETURN cashout_besides(p_request_key, cashout, p_user_id, p_txid, p_note, p_at);
    ELSIF refusal IS NOT NULL THEN
        RETURN requests_refuse(p_request_key, refusal, CASE refusal
            WHEN 'wrong_state' THEN jsonb_build_object('state', cashout.state)
            WHEN 'claimed' THEN jsonb_build_object('by', coalesce(users_name(cashout.claimed_by), cashout.claimed_by::text))
            ELSE '{}' END);
    END IF;
    before := cashout.state;
    -- Before anybody pays it by hand: no provider is to be asked meanwhile to pay what waits.
    IF p_decision = 'claim' THEN
        UPDATE cashouts SET ask_at = CASE state WHEN 'waiting' THEN NULL ELSE ask_at END, claimed_by = p_user_id, claimed_at = p_at
        WHERE id = cashout.id RETURNING * INTO cashout;
        PERFORM admin_record(p_user_id, 'claim_cashout', 'cashout ' || cashout.id, '', to_jsonb(before), to_jsonb(cashout.state), p_at);
        RETURN cashout_finish(p_request_key, cashout, 0, p_at);
    END IF;
    IF p_decision = 'paid' THEN
        INSERT INTO payout_events (provider, reference, cashout_id, outcome, txid, body, headers, at)
        VALUES ('manual', cashout.reference, cashout.id, 'done', p_txid, convert_to(p_note, 'UTF8'), '', p_at);
    END IF;
    UPDATE cashouts SET decided_by = p_user_id, decided_at = p_at, problem = nullif(p_note, ''),
        txid = coalesce(nullif(p_txid, ''), txid),
        provider = CASE p_decision WHEN 'paid' THEN 'manual' ELSE provider END,
        ask_at = CASE p_decision WHEN 'retry' THEN p_at ELSE ask_at END, claimed_by = NULL, claimed_at = NULL
    WHERE id = cashout.id RETURNING * INTO cashout;
    IF p_decision = 'approve' THEN
        UPDATE cashouts SET state = 'requested' WHERE id = cashout.id RETURNING * INTO cashout;
        IF cashout_told_paid(cashout) THEN cashout := cashout_set_aside(cashout); END IF;
    ELSIF p_decision <> 'retry' THEN
        cashout := cashout_end(p_request_key, cashout,
            CASE p_decision WHEN 'paid' THEN 'done' WHEN 'decline' THEN 'declined' ELSE 'refunded' END, p_at);
    END IF;
    PERFORM admin_record(p_user_id, p_decision || '_cashout', 'cashout ' || cashout.id, coalesce(nullif(p_note, ''), p_txid),
        to_jsonb(before), to_jsonb(cashout.state), p_at);
    RETURN cashout_finish(p_request_key, cashout,
        CASE WHEN p_decision = 'retry' THEN 0 ELSE cashout_tell(cashout, p_request_key, p_at) END, p_at);
END
$$;
