-- internal: which versions of a person's accounts a period has, with the balance before and after them; null: there is no account
-- A period begins behind the last posting that was made before it, so that each posting is in one of two periods that follow
-- each other, and none is missing between opening and closing, whatever the clocks said. Null dates: from the first, to the last.
-- At most p_most postings, the newest; `cut` tells that there are more.
CREATE FUNCTION history_spans(
    p_user_id bigint, p_currency text, p_from_at timestamptz, p_until_at timestamptz, p_most int
) RETURNS jsonb LANGUAGE sql STABLE AS $$
    WITH period AS MATERIALIZED (
        SELECT a.id, a.kind, a.currency, c.position,
            CASE WHEN p_from_at IS NULL THEN 0 ELSE history_version(a.id, p_from_at) END + 1 AS first,
            CASE WHEN p_until_at IS NULL THEN a.version ELSE history_version(a.id, p_until_at) END AS last
        FROM accounts a JOIN currencies c ON c.code = a.currency
        WHERE a.owner = p_user_id AND p_currency IN ('all', a.currency) AND a.version > 0
    ), total AS MATERIALIZED (
        SELECT sum(last - first + 1) > p_most AS cut FROM period
    ), oldest AS MATERIALIZED (
        SELECT coalesce((
            SELECT p.id FROM period, LATERAL (
                SELECT id FROM postings
                WHERE account_id = period.id AND version BETWEEN period.first AND period.last
                ORDER BY version DESC LIMIT CASE WHEN (SELECT cut FROM total) THEN p_most ELSE 0 END) p
            ORDER BY p.id DESC LIMIT 1 OFFSET greatest(p_most - 1, 0)), 0) AS id
    ), span AS MATERIALIZED (
        SELECT period.id, period.kind, period.currency, period.position, period.last,
            CASE WHEN oldest.id = 0 THEN period.first ELSE coalesce((
                SELECT p.version FROM postings p
                WHERE p.account_id = period.id AND p.version BETWEEN period.first AND period.last AND p.id >= oldest.id
                ORDER BY p.version LIMIT 1), period.last + 1) END AS first
        FROM period, oldest
    )
    SELECT jsonb_build_object('cut', bool_or(total.cut), 'spans', jsonb_agg(jsonb_build_object(
        'account_id', span.id, 'account', span.kind, 'currency', span.currency, 'first', span.first, 'last', span.last,
        'after', coalesce(before.id, 0), 'until', coalesce(final.id, 0), 'opening', coalesce(before.balance_after, 0)::text,
        'closing', coalesce(final.balance_after, 0)::text) ORDER BY span.position, span.kind))
    FROM span
    CROSS JOIN total
    LEFT JOIN postings before ON before.account_id = span.id AND before.version = span.first - 1
    LEFT JOIN postings final ON final.account_id = span.id AND final.version = span.last
    HAVING count(*) > 0
$$;
