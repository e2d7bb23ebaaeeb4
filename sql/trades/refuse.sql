-- internal: refuses a move and stores that under the request key
CREATE FUNCTION trades_refuse(p_request_key text, p_trade trades, p_reason text) RETURNS jsonb LANGUAGE plpgsql AS $$
BEGIN
    RETURN requests_refuse(p_request_key, p_reason,
        CASE WHEN p_trade.id IS NULL OR p_reason = 'not_yours' THEN '{}'
             ELSE jsonb_build_object('state', p_trade.state, 'slug', p_trade.slug) END);
END
$$;
