-- Another one of finance approves a correction, and it is posted at once, or the payment that it names credited; or anybody of it
-- declines, its proposer too (p_why). Whom it is about does neither: what they got by mistake would stay theirs.
-- p_amount is what was shown. The terms are locked: of two at once the second sees what the first has used of the day's limit.
CREATE FUNCTION admin_decide(
    p_request_key text, p_request_hash text, p_at timestamptz, p_user_id bigint, p_correction_id bigint, p_amount numeric,
    p_approve boolean, p_why text
) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
    outcome jsonb := requests_claim(p_request_key, p_request_hash, 'admin/decide', p_at);
    made    corrections;
    waits   unapplied;
    reason  text;
    moved   bigint;
BEGIN
    IF outcome IS NOT NULL THEN RETURN outcome; END IF;
    PERFORM FROM terms FOR UPDATE;
    SELECT * INTO made FROM corrections WHERE id = p_correction_id FOR UPDATE;
    PERFORM FROM cashouts WHERE id = (SELECT cashout_id FROM payout_events WHERE id = made.event_id) FOR NO KEY UPDATE;
    SELECT * INTO waits FROM unapplied WHERE id = made.unapplied_id FOR NO KEY UPDATE;
    reason := CASE
        WHEN NOT admin_may(p_user_id, 'finance') THEN 'not_staff'
        WHEN made.id IS NULL THEN 'unknown_correction'
        WHEN made.state <> 'proposed' THEN 'wrong_state'
        WHEN made.amount <> p_amount THEN 'terms_changed'
        WHEN length(p_why) > 500 OR NOT p_approve AND p_why !~ '\S' THEN 'bad_note'
        WHEN made.user_id = p_user_id THEN 'own_wallet'
        WHEN admin_own_payout(p_user_id, made.event_id) THEN 'own_cashout'
        WHEN NOT p_approve THEN NULL
        WHEN made.proposed_by = p_user_id THEN 'same_person'
        WHEN NOT admin_counts(p_user_id, p_at) THEN 'role_new'
        WHEN made.expires_at <= p_at THEN 'expired'
        WHEN NOT admin_counts(made.proposed_by, p_at) THEN 'proposer_gone'
        ELSE admin_correction_problem(made, p_at) END;
    IF reason IS NOT NULL THEN RETURN admin_correction_refuse(p_request_key, reason, p_user_id, made, p_at); END IF;
    IF p_approve AND waits.id IS NOT NULL THEN
        PERFORM admin_credit(p_request_key, waits, e, made.user_id, p_user_id, made.why, p_at)
        FROM provider_events e WHERE e.id = waits.event_id;
        SELECT ended_by INTO moved FROM unapplied WHERE id = waits.id;
    ELSIF p_approve THEN
        moved := ledger_transfer(p_request_key, 'correction', NULL, made.why, ARRAY[
            ('corrections', NULL, made.currency, -made.amount),
            (CASE WHEN made.user_id IS NULL THEN 'payouts' ELSE 'available' END, made.user_id, made.currency, made.amount)
            ]::ledger_line[], p_at);
        IF moved IS NULL THEN RETURN requests_refuse(p_request_key, 'insufficient'); END IF;
        PERFORM outbox_notice(made.user_id, 'corrected', admin_correction_news(made) - ARRAY['by', 'until', 'person', 'correction_id'],
            'corrected.' || made.id, p_at) WHERE made.user_id IS NOT NULL;
    END IF;
    UPDATE corrections SET state = CASE WHEN p_approve THEN 'approved' ELSE 'declined' END, decided_by = p_user_id, decided_at = p_at,
        transfer_id = moved WHERE id = made.id;
    PERFORM admin_record(p_user_id, CASE WHEN p_approve THEN 'approve_correction' ELSE 'decline_correction' END,
        admin_correction_subject(made), p_why, NULL,
        jsonb_build_object('correction', made.id, 'amount', made.amount::text, 'currency', made.currency), p_at);
    RETURN requests_finish(p_request_key, jsonb_build_object(
        'answer', made.id, 'changed', admin_altered() || deposits_changed(made.user_id), 'told', 1));
END
$$;
