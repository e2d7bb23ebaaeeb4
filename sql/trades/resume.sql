-- internal: people can act again: every open trade has as much more time as nobody could act upon it: since p_since, or since it came
-- into its state
-- Whose first part came meanwhile has the whole window to choose from now on, and no less time than there was to pay. Their
-- reminders that lie before this moment count as told.
CREATE FUNCTION trades_resume(p_since timestamptz, p_at timestamptz) RETURNS void LANGUAGE sql AS $$
    UPDATE trades t SET
        pay_by = CASE t.state WHEN 'awaiting_payment' THEN t.pay_by + lost ELSE t.pay_by END,
        choose_by = CASE t.state WHEN 'underpaid' THEN until ELSE t.choose_by END,
        reminded = CASE t.state WHEN 'underpaid' THEN until - p_at ELSE t.reminded END,
        answer_by = CASE t.state WHEN 'paid' THEN t.answer_by + lost ELSE t.answer_by END,
        deliver_by = CASE t.state WHEN 'accepted' THEN t.deliver_by + lost ELSE t.deliver_by END,
        refund_at = CASE t.state WHEN 'accepted' THEN t.refund_at + lost ELSE t.refund_at END,
        release_at = CASE t.state WHEN 'delivered' THEN t.release_at + lost ELSE t.release_at END
    FROM (
        SELECT o.id, lost, greatest(o.choose_by + lost, CASE WHEN o.underpaid_at >= p_since THEN greatest(
            o.pay_by + (p_at - greatest(p_since, o.created_at)), p_at + terms.choice_window) END) AS until
        FROM trades o, terms, LATERAL (SELECT greatest(interval '0', p_at - greatest(p_since, CASE o.state
            WHEN 'awaiting_payment' THEN o.created_at
            WHEN 'underpaid' THEN o.underpaid_at
            WHEN 'paid' THEN o.paid_at
            WHEN 'accepted' THEN o.accepted_at
            WHEN 'delivered' THEN o.delivered_at END)) AS lost) passed
        WHERE o.due_at IS NOT NULL ORDER BY o.id FOR NO KEY UPDATE OF o
    ) open
    WHERE t.id = open.id;

    SELECT trades_resume_prices(p_since, p_at)
$$;
