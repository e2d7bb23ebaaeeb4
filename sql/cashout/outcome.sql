-- internal: what an operation on a cash-out comes to: its state, and what is old now
CREATE FUNCTION cashout_outcome(p_cashout cashouts, p_told int, p_at timestamptz) RETURNS jsonb LANGUAGE sql STABLE AS $$
    SELECT jsonb_build_object(
        'answer', cashout_answer(p_cashout), 'changed', cashout_changed(p_cashout, p_at), 'told', p_told)
$$;
