-- Everybody of the staff, with the language that they are spoken to in.
SELECT s.user_id, u.language FROM staff s JOIN users u ON u.id = s.user_id ORDER BY s.user_id
