-- What a person has kept.
SELECT contacts_saved(u.id) AS saved
FROM users u
WHERE u.id = :user_id
