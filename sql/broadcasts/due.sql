-- internal: when the outbox tells whom a broadcast in this state was left to it for: not while it is paused, steer.sql moves it again
CREATE FUNCTION broadcasts_due(p_state text, p_due_at timestamptz, p_at timestamptz) RETURNS timestamptz LANGUAGE sql STABLE AS $$
    SELECT CASE p_state WHEN 'paused' THEN p_at + interval '36500 days' ELSE p_due_at END
$$;
