-- One of finance proposes a correction: of a person's wallet (p_person), with a payment that fitted nothing (p_unapplied_id) or
-- without, or of what was told of a payout (p_event_id). Nothing moves
-- until another one approves; the others are told, but for whom it is about: nobody decides about their own wallet or cash-out.
-- The same is not proposed while it waits: both would be approved. The terms are locked, as by who approves: of two who propose it at once
-- the second sees the first.
CREATE FUNCTION admin_propose(
    p_request_key text, p_request_hash text, p_at timestamptz, p_user_id bigint, p_person bigint, p_event_id bigint, p_currency text,
    p_amount numeric, p_why text, p_unapplied_id bigint
) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
    outcome jsonb := requests_claim(p_request_key, p_request_hash, 'admin/propose', p_at);
    made    corrections;
    same    bigint;
    reason  text;
BEGIN
    IF outcome IS NOT NULL THEN RETURN outcome; END IF;
    PERFORM FROM terms FOR UPDATE;
    made.user_id := p_person;
    made.event_id := p_event_id;
    made.unapplied_id := p_unapplied_id;
    made.currency := p_currency;
    made.amount := p_amount;
    made.why := p_why;
    made.proposed_by := p_user_id;
    made.usd_worth := CASE WHEN p_person IS NOT NULL THEN abs(cashout_worth(p_currency, abs(p_amount), p_at)) END;
    reason := CASE
        WHEN NOT admin_may(p_user_id, 'finance') THEN 'not_staff'
        WHEN p_why !~ '\S' OR length(p_why) > 500 THEN 'bad_note'
        WHEN num_nonnulls(p_person, p_event_id) <> 1 OR num_nonnulls(p_event_id, p_unapplied_id) > 1 THEN 'unknown_person'
        WHEN p_person = p_user_id THEN 'own_wallet'
        WHEN admin_own_payout(p_user_id, p_event_id) THEN 'own_cashout'
        WHEN NOT admin_counts(p_user_id, p_at) THEN 'role_new'
        ELSE admin_correction_problem(made, p_at) END;
    IF reason IS NOT NULL THEN RETURN admin_correction_refuse(p_request_key, reason, p_user_id, made, p_at); END IF;
    SELECT id INTO same FROM corrections
    WHERE state = 'proposed' AND expires_at > p_at AND (user_id, event_id, unapplied_id, currency, amount)
        IS NOT DISTINCT FROM (p_person, p_event_id, p_unapplied_id, p_currency, p_amount);
    IF same IS NOT NULL THEN RETURN requests_refuse(p_request_key, 'same_waits', jsonb_build_object('id', same::text)); END IF;
    INSERT INTO corrections (user_id, event_id, unapplied_id, currency, amount, why, usd_worth, proposed_by, proposed_at, expires_at)
    VALUES (p_person, p_event_id, p_unapplied_id, p_currency, p_amount, p_why, made.usd_worth, p_user_id, p_at, p_at + interval '24 hours')
    RETURNING * INTO made;
    PERFORM admin_record(p_user_id, 'propose_correction', admin_correction_subject(made), p_why, NULL,
        jsonb_build_object('correction', made.id, 'amount', made.amount::text, 'currency', made.currency), p_at);
    PERFORM outbox_notice(user_id, 'correction_proposed', admin_correction_news(made), format('correction.%s.%s', made.id, user_id), p_at)
    FROM staff WHERE role IN ('finance', 'owner') AND user_id <> p_user_id AND user_id IS DISTINCT FROM p_person
        AND NOT admin_own_payout(user_id, p_event_id);
    RETURN requests_finish(p_request_key, jsonb_build_object('answer', made.id, 'changed', admin_altered(), 'told', 1));
END
$$;
