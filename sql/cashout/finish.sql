-- internal: ends an operation on a cash-out
CREATE FUNCTION cashout_finish(p_request_key text, p_cashout cashouts, p_told int, p_at timestamptz) RETURNS jsonb LANGUAGE sql AS $$
    SELECT requests_finish(p_request_key, cashout_outcome(p_cashout, p_told, p_at))
$$;
