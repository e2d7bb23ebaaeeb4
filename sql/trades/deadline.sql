-- internal: until when whose turn it is has time; a delivery is due before the clock acts upon it
CREATE FUNCTION trades_deadline(p_trade trades) RETURNS timestamptz LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE p_trade.state WHEN 'accepted' THEN p_trade.deliver_by ELSE p_trade.due_at END
$$;
