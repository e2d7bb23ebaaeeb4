-- internal: ends a cash-out and its hold with a transfer: `done` has paid it out and earns the fee, any other state gives it back
-- The staff hears of it when a webhook had said otherwise: somebody else may have its secret.
-- The caller has locked the cash-out and checked the move.
CREATE FUNCTION cashout_end(p_request_key text, p_cashout cashouts, p_state text, p_at timestamptz)
RETURNS cashouts LANGUAGE plpgsql AS $$
DECLARE
    lines ledger_line[] := ARRAY[('held', NULL, p_cashout.currency, -p_cashout.amount)]::ledger_line[];
    moved bigint;
    ended cashouts;
    belied payout_events;
BEGIN
    lines := lines || CASE p_state
        WHEN 'done' THEN ARRAY[
            ('payouts', NULL, p_cashout.currency, p_cashout.net),
            ('fees', NULL, p_cashout.currency, p_cashout.amount - p_cashout.net)]::ledger_line[]
        ELSE ARRAY[('available', p_cashout.user_id, p_cashout.currency, p_cashout.amount)]::ledger_line[] END;
    moved := ledger_transfer(
        p_request_key, CASE p_state WHEN 'done' THEN 'payout' ELSE 'cashout_refund' END, NULL, p_cashout.slug, lines, p_at);
    UPDATE holds SET ended_by = moved, ended_at = p_at, ended_as = CASE p_state WHEN 'done' THEN 'paid_out' ELSE 'refunded' END
    WHERE cashout_id = p_cashout.id AND ended_by IS NULL;
    UPDATE cashouts SET state = p_state, ended_at = p_at, ask_at = NULL WHERE id = p_cashout.id RETURNING * INTO ended;
    belied := cashout_belied(ended);
    IF belied.id IS NOT NULL THEN
        belied.at := p_at;
        PERFORM cashout_alarm(p_request_key, ended, belied);
    END IF;
    RETURN ended;
END
$$;
