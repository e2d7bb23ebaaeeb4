-- One update that failed three times: what kind it was, and what it said to us as far as that is text; no row for whoever may not see it.
-- An update that cannot be read any more has no kind.
SELECT
    d.update_id AS id, d.at, d.user_id, coalesce(users_name(d.user_id), d.user_id::text) AS name, d.error,
    CASE WHEN b.body ? 'callback_query' THEN 'button' WHEN b.body ? 'my_chat_member' THEN 'membership'
        WHEN b.body ? 'edited_message' THEN 'edited' WHEN b.body->'message' ? 'photo' THEN 'photo'
        WHEN b.body->'message' ? 'document' THEN 'document' WHEN b.body->'message' ? 'text' THEN 'text' ELSE 'other' END AS kind,
    left(coalesce(b.body->'callback_query'->>'data', b.body->'message'->>'text', b.body->'message'->>'caption', ''), 200) AS said,
    EXISTS (SELECT FROM conversations WHERE user_id = d.user_id) AS busy
FROM staff
JOIN dead_letters d ON d.update_id = :update_id::bigint
CROSS JOIN LATERAL (SELECT admin_parsed(d.body) AS body) b
WHERE staff.user_id = :user_id AND staff.role IN ('support', 'owner')
