-- internal: something happened that groups may be told: a trade was `opened` (its money is held), `completed`, or somebody in it `praised`
-- Costs one look into an index that is empty while no group is told anything.
CREATE FUNCTION groups_announce(p_topic text, p_trade_id bigint, p_rated_id bigint, p_at timestamptz)
RETURNS void LANGUAGE sql AS $$
    INSERT INTO announcements (topic, trade_id, rated_id, at)
    SELECT p_topic, p_trade_id, p_rated_id, p_at WHERE EXISTS (SELECT FROM groups WHERE left_at IS NULL AND topics <> '{}')
$$;
