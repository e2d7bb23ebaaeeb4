-- What stands in the way of closing an account, and what would stay behind.
SELECT u.closed_at, owned.* FROM users u, preferences_owned(u.id) owned WHERE u.id = :user_id
