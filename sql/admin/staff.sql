-- Remembers which owners the settings name; whoever they named before and do not any more is nobody.
WITH gone AS (DELETE FROM staff WHERE by_settings AND user_id <> ALL (:user_ids::bigint[]))
INSERT INTO staff (user_id, role, by_settings) SELECT DISTINCT unnest(:user_ids::bigint[]), 'owner', true
ON CONFLICT (user_id) DO UPDATE SET role = 'owner', by_settings = true
