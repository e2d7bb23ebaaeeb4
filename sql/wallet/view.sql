-- A person's wallet.
SELECT w.* FROM users u, wallet_summary(u.id, :at) w WHERE u.id = :user_id
