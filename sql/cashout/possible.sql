-- internal: from when on a cash-out would be within a limit of a day: so many (p_most), or so much in USD (p_usd) with p_worth; each null:
-- not limited by it. Null: never, as that much is more than a day allows.
CREATE FUNCTION cashout_possible(p_user_id bigint, p_most int, p_usd numeric, p_worth numeric, p_at timestamptz)
RETURNS timestamptz LANGUAGE sql STABLE AS $$
    SELECT min(created_at) + interval '24 hours' FROM (
        SELECT created_at, count(*) OVER newer AS count, sum(worth) OVER newer - worth AS newer_usd
        FROM (SELECT id, user_id, created_at, state, coalesce(usd_worth, 0) AS worth FROM cashouts) counted
        WHERE user_id = p_user_id AND created_at > p_at - interval '24 hours'
            AND state NOT IN ('refunded', 'declined', 'cancelled')
        WINDOW newer AS (ORDER BY created_at DESC, id DESC)) today
    WHERE coalesce(count <= p_most, true) AND coalesce(newer_usd + p_worth <= p_usd, true)
$$;
