-- A trade's chat as one of its two sides sees it: the ten messages up to `last`, 0 is the newest; no row for others.
SELECT
    t.id AS trade_id, t.slug,
    users_name(CASE WHEN t.buyer_id = :user_id THEN t.seller_id ELSE t.buyer_id END) AS other,
    chat_why_not(t, :user_id, :at) AS why_not,
    coalesce((SELECT n FROM chat_seen WHERE trade_id = t.id AND user_id = :user_id), 0) AS seen,
    coalesce((SELECT max(n) FROM chat_messages WHERE trade_id = t.id), 0) AS newest,
    coalesce((
        SELECT jsonb_agg(jsonb_build_object(
            'n', n, 'mine', author_id = :user_id, 'role', role, 'name', users_name(author_id),
            'kind', kind, 'text', text, 'file_id', file_id, 'at', at) ORDER BY n)
        FROM (
            SELECT * FROM chat_messages
            WHERE trade_id = t.id AND n <= CASE :last::bigint WHEN 0 THEN 9223372036854775807 ELSE :last::bigint END
            ORDER BY n DESC LIMIT 10) newest_ten), '[]') AS messages
FROM trades t
WHERE t.id = :trade_id AND (t.buyer_id = :user_id OR t.seller_id = :user_id)
