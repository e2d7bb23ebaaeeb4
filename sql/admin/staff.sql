-- Remembers who runs LockBay, by the settings.
WITH gone AS (DELETE FROM staff WHERE user_id <> ALL (:user_ids::bigint[]))
INSERT INTO staff (user_id) SELECT DISTINCT unnest(:user_ids::bigint[]) ON CONFLICT DO NOTHING
