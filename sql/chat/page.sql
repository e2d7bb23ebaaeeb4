-- A trade's chat as one of its two sides sees it, or support where it is or was disputed: the fifty messages up to `last`, 0 is the
-- newest; no row for others. Who of the staff it was, only the staff sees.
SELECT
    t.id AS trade_id, t.slug, chat_role(t, :user_id) AS viewer,
    users_name(CASE :user_id WHEN t.buyer_id THEN t.seller_id WHEN t.seller_id THEN t.buyer_id END) AS other,
    t.state = 'disputed' AS disputed,
    chat_why_not(t, :user_id, :at) AS why_not,
    coalesce((SELECT n FROM chat_seen WHERE trade_id = t.id AND user_id = :user_id), 0) AS seen,
    coalesce((SELECT max(n) FROM chat_messages WHERE trade_id = t.id), 0) AS newest,
    coalesce((
        SELECT jsonb_agg(jsonb_build_object(
            'n', n, 'mine', author_id = :user_id, 'role', role, 'kind', kind, 'text', text, 'file_id', file_id, 'at', at,
            'name', CASE WHEN role = 'admin' AND chat_role(t, :user_id) <> 'admin' THEN 'LockBay' ELSE users_name(author_id) END)
            ORDER BY n)
        FROM (
            SELECT * FROM chat_messages
            WHERE trade_id = t.id AND n <= CASE :last::bigint WHEN 0 THEN 9223372036854775807 ELSE :last::bigint END
            ORDER BY n DESC LIMIT 50) newest_fifty), '[]') AS messages
FROM trades t
WHERE t.id = :trade_id AND chat_role(t, :user_id) IS NOT NULL
