-- Those of one user's updates that are named, as far as they are stored, in the order in which they are named: that of their numbers
-- is another one where Telegram counts anew.
SELECT body
FROM unnest(:update_ids::bigint[]) WITH ORDINALITY AS named (update_id, place)
JOIN inbox USING (update_id)
WHERE user_id = :user_id
ORDER BY place
