-- What a run of the audit found, or why it did not come to its end.
UPDATE audit_runs SET ended_at = :at, report = nullif(:report::text, '')::jsonb, problem = nullif(:problem::text, '')
WHERE id = :run_id AND ended_at IS NULL
