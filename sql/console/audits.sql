-- The last runs of the audit, the newest first, and the last report, for finance; no row for anybody else.
SELECT
    coalesce((
        SELECT jsonb_agg(jsonb_build_object(
            'id', id, 'by', coalesce(users_name(began_by), began_by::text), 'began_at', began_at, 'ended_at', ended_at, 'problem', problem,
            'differences', jsonb_array_length(report -> 'differences')) ORDER BY id DESC)
        FROM (SELECT * FROM audit_runs ORDER BY id DESC LIMIT 10) newest), '[]') AS runs,
    (SELECT report FROM audit_runs WHERE report IS NOT NULL ORDER BY id DESC LIMIT 1) AS report,
    EXISTS (SELECT FROM audit_runs WHERE ended_at IS NULL) AS is_running
FROM staff
WHERE staff.user_id = :user_id AND staff.role IN ('finance', 'owner')
