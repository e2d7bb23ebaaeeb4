-- What stands in the way of closing an account, and what would stay behind.
SELECT owned.* FROM users u, preferences_owned(u.id) owned WHERE u.id = :user_id
