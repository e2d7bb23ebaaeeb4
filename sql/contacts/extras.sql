-- What a person is found by: what they have proven first, and their further addresses and numbers.
SELECT
    CASE WHEN u.email_verified_at IS NOT NULL THEN u.email END AS email, u.phone,
    coalesce((
        SELECT jsonb_agg(jsonb_build_object('id', x.id, 'value', x.value) ORDER BY x.id)
        FROM extra_contacts x WHERE x.user_id = u.id AND x.verified_at IS NOT NULL), '[]') AS extras
FROM users u
WHERE u.id = :user_id
