-- The currencies that a person ever had, in their order.
SELECT coalesce((
    SELECT jsonb_agg(code ORDER BY position) FROM currencies
    WHERE code IN (SELECT currency FROM accounts WHERE owner = u.id AND version > 0)), '[]') AS currencies
FROM users u
WHERE u.id = :user_id
