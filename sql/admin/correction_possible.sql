-- internal: from when on the day's limit leaves that much for a correction, the oldest ones forgotten; null: never
CREATE FUNCTION admin_correction_possible(p_correction corrections, p_at timestamptz) RETURNS timestamptz LANGUAGE sql STABLE AS $$
    SELECT min(decided_at) + interval '24 hours' FROM (
        SELECT decided_at, coalesce(sum(usd_worth) OVER (ORDER BY decided_at DESC
            RANGE BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW EXCLUDE GROUP), 0) AS newer
        FROM corrections
        WHERE state = 'approved' AND decided_at > p_at - interval '24 hours' AND user_id IS NOT NULL AND unapplied_id IS NULL) today, terms
    WHERE newer + p_correction.usd_worth <= correction_daily_usd
$$;
