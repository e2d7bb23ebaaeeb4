-- internal: what is missing of a trade's price, in its currency, after parts as they count
CREATE FUNCTION trades_rest(p_trade trades, p_parts holds[]) RETURNS numeric LANGUAGE sql IMMUTABLE AS $$
    SELECT trim_scale(greatest(p_trade.amount + p_trade.buyer_fee - coalesce(sum(worth), 0), 0)) FROM unnest(p_parts)
$$;
