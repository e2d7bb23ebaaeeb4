-- internal: how a trade came to its end, where its state does not say; null: its time ran out, or may have. What was released before
-- its time its buyer has released.
CREATE FUNCTION trades_ended_how(p_trade trades) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT coalesce(p_trade.ended_how,
        CASE WHEN p_trade.state = 'released' AND p_trade.ended_at < coalesce(p_trade.release_at, 'infinity') THEN 'released' END)
$$;
