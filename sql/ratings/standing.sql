-- internal: what somebody has earned by trading: {stars, ratings, completed, volume_usd, disputes, level, since}
-- Derived from rows, never stored. `stars` has one decimal, and is null without ratings; both numbers are strings.
CREATE FUNCTION ratings_standing(p_user_id bigint) RETURNS jsonb LANGUAGE sql STABLE AS $$
    SELECT jsonb_build_object(
        'stars', given.stars::text, 'ratings', given.n,
        'completed', done.n, 'volume_usd', done.volume::text,
        'disputes', (SELECT count(*) FROM disputes WHERE buyer_id = p_user_id)
            + (SELECT count(*) FROM disputes WHERE seller_id = p_user_id),
        'level', (SELECT count(*) FROM levels WHERE trades <= done.n),
        'since', (SELECT coalesce(onboarded_at, created_at) FROM users WHERE id = p_user_id))
    FROM (SELECT count(*) AS n, round(avg(stars), 1) AS stars FROM ratings WHERE rated_id = p_user_id) given,
    (
        SELECT count(*) AS n, coalesce(sum(usd_held), 0) AS volume FROM (
            SELECT usd_held FROM trades WHERE buyer_id = p_user_id AND state = 'released'
            UNION ALL
            SELECT usd_held FROM trades WHERE seller_id = p_user_id AND state = 'released') completed
    ) done
$$;
