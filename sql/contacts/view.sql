-- What a person has kept; and where they pay in, which cannot be kept.
SELECT contacts_saved(u.id) AS saved, contacts_own(u.id) AS ours
FROM users u
WHERE u.id = :user_id
