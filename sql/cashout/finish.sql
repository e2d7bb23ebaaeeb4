-- internal: ends an operation on a cash-out: its state, and what is old now
CREATE FUNCTION cashout_finish(p_request_key text, p_cashout cashouts, p_told int, p_at timestamptz) RETURNS jsonb LANGUAGE sql AS $$
    SELECT requests_finish(p_request_key, jsonb_build_object(
        'answer', cashout_answer(p_cashout), 'changed', cashout_changed(p_cashout, p_at), 'told', p_told))
$$;
