-- What became of a payout, by the provider's answer when it was to pay, or because it was asked: each may come first, late or
-- twice. What a webhook says is only heard (cashout_hear).
-- p_outcome: sent (on its way), done, failed (no money has left: it goes back), unknown (asked about later, never sent again),
-- waiting (not taken: an operator, or a later try). What does not fit any more changes nothing, except that what is told paid
-- before we had anybody pay it is set aside, so that it is not paid again. What another tells paid is not tried again, either.
-- What fails while somebody pays it by hand, or when another told it paid, does not go back by itself: it waits for people. Was it on
-- its way, it is unknown first, and waits when it is told failed again. Whoever has claimed it, and the others, hear how it was answered.
CREATE FUNCTION cashout_settle(
    p_request_key text, p_request_hash text, p_at timestamptz, p_reference text, p_provider text, p_outcome text,
    p_external_id text, p_txid text, p_problem text, p_body bytea, p_headers text
) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
    outcome jsonb := requests_claim(p_request_key, p_request_hash, 'cashout/settle', p_at);
    cashout cashouts;
    before  text;
    target  text := CASE p_outcome WHEN 'failed' THEN 'refunded' ELSE p_outcome END;
    told    payout_events;
    strange boolean;
BEGIN
    IF outcome IS NOT NULL THEN RETURN outcome; END IF;
    SELECT * INTO cashout FROM cashouts WHERE reference = p_reference FOR NO KEY UPDATE;
    before := cashout.state;
    INSERT INTO payout_events (provider, reference, cashout_id, outcome, external_id, txid, body, headers, at)
    VALUES (p_provider, p_reference, cashout.id, p_outcome, p_external_id, p_txid, p_body, p_headers, p_at) RETURNING * INTO told;
    IF cashout.id IS NULL THEN
        IF p_outcome IN ('sent', 'done') THEN PERFORM cashout_alarm(p_request_key, NULL, told); END IF;
        RETURN requests_refuse(p_request_key, 'unknown_cashout', '{}');
    END IF;
    IF p_outcome = 'failed' AND (cashout_in_hand(cashout, p_at) OR cashout_told_paid(cashout)) THEN
        target := CASE before WHEN 'sent' THEN 'unknown' ELSE 'waiting' END;
    END IF;
    strange := cashout_strange(cashout, told);
    IF before = 'requested' AND target IN ('sent', 'done') THEN
        cashout := cashout_set_aside(cashout);
    END IF;
    IF strange THEN
        PERFORM cashout_alarm(p_request_key, cashout, told);
    END IF;
    -- Only whom it was given to can say that it was not paid: another may be paying it.
    IF cashout.state = before AND before <> target
        AND (target IN ('sent', 'done') OR p_provider = coalesce(cashout.provider, p_provider)) AND EXISTS (
        SELECT FROM transitions WHERE subject = 'cashout' AND from_state = before AND to_state = target) THEN
        UPDATE cashouts SET
            provider = CASE WHEN target IN ('sent', 'done') THEN p_provider ELSE coalesce(provider, p_provider) END,
            sending_at = CASE target WHEN 'sent' THEN coalesce(sending_at, p_at) ELSE sending_at END,
            answered_at = CASE target WHEN 'sent' THEN p_at ELSE answered_at END,
            external_id = coalesce(p_external_id, external_id), txid = coalesce(p_txid, txid),
            problem = CASE WHEN p_outcome = 'failed' AND target <> 'refunded' THEN coalesce(p_problem, 'failed') ELSE p_problem END
        WHERE id = cashout.id RETURNING * INTO cashout;
        IF target IN ('done', 'refunded') THEN
            cashout := cashout_end(p_request_key, cashout, target, p_at);
        ELSIF target = 'waiting' AND cashout_told_paid(cashout) THEN
            cashout := cashout_set_aside(cashout);
        ELSE
            UPDATE cashouts SET state = target,
                ask_at = CASE
                    -- What was heard while it was being paid is asked about at once.
                    WHEN target <> 'waiting' THEN p_at + CASE WHEN before <> 'sent' AND cashout_heard(cashout.id, sending_at)
                        THEN interval '0' ELSE interval '1 minute' END
                    WHEN claimed_by IS NULL THEN p_at + interval '15 minutes' END -- else somebody is paying it by hand
            WHERE id = cashout.id RETURNING * INTO cashout;
        END IF;
        IF cashout.claimed_by IS NOT NULL AND p_outcome IN ('sent', 'done', 'failed') THEN
            -- Once for each claim and answer.
            PERFORM cashout_tell_staff(cashout, 'payout_claimed',
                format('payout_claimed.%s.%s.%s', cashout.id, p_outcome, extract(epoch FROM cashout.claimed_at)), p_at,
                jsonb_build_object('told', p_outcome, 'by', p_provider,
                    'claimed_by', coalesce(users_name(cashout.claimed_by), cashout.claimed_by::text)));
        ELSIF target IN ('unknown', 'waiting') THEN
            -- Once, and again after somebody of the staff had it tried anew, or when it was on its way before.
            PERFORM cashout_tell_staff(cashout, 'payout_' || target,
                format('payout_%s.%s.%s', target, cashout.id, extract(epoch FROM cashout.decided_at))
                    || CASE before WHEN 'sent' THEN '.sent' ELSE '' END, p_at);
        END IF;
    END IF;
    RETURN cashout_finish(p_request_key, cashout,
        CASE WHEN cashout.state <> before THEN cashout_tell(cashout, p_request_key, p_at) ELSE strange::int END, p_at);
END
$$;
