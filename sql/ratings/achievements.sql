-- internal: what somebody has achieved by p_at, in the order in which it is shown; p_standing is theirs
-- Derived from rows each time: nothing is counted twice, and nothing that was never true stays.
CREATE FUNCTION ratings_achievements(p_user_id bigint, p_standing jsonb, p_at timestamptz) RETURNS jsonb LANGUAGE sql STABLE AS $$
    SELECT coalesce(jsonb_agg(name ORDER BY place), '[]') FROM (
        VALUES
            (1, 'trades_1', (p_standing->>'completed')::int >= 1),
            (2, 'trades_5', (p_standing->>'completed')::int >= 5),
            (3, 'trades_10', (p_standing->>'completed')::int >= 10),
            (4, 'trades_25', (p_standing->>'completed')::int >= 25),
            (5, 'trades_50', (p_standing->>'completed')::int >= 50),
            (6, 'trades_100', (p_standing->>'completed')::int >= 100),
            (7, 'volume_1000', (p_standing->>'volume_usd')::numeric >= 1000),
            (8, 'volume_10000', (p_standing->>'volume_usd')::numeric >= 10000),
            (9, 'volume_100000', (p_standing->>'volume_usd')::numeric >= 100000),
            (10, 'five_stars', (p_standing->>'ratings')::int >= 10 AND EXISTS (
                SELECT FROM (
                    SELECT stars, count(*) FILTER (WHERE stars < 5) OVER (ORDER BY id DESC) AS run
                    FROM ratings WHERE rated_id = p_user_id) runs
                WHERE stars = 5 GROUP BY run HAVING count(*) >= 10)),
            (11, 'a_year', (p_standing->>'since')::timestamptz <= p_at - interval '1 year'),
            (12, 'never_disputed', (p_standing->>'completed')::int >= 10 AND (p_standing->>'disputes')::int = 0)
    ) achievements (place, name, is_reached)
    WHERE is_reached
$$;
