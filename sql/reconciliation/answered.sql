-- Remembers that a provider answered our questions, or that it did not; answers since when it has not.
INSERT INTO provider_answers (provider, answered_at, away_since)
VALUES (:provider, CASE WHEN NOT :is_away::boolean THEN :at::timestamptz END, CASE WHEN :is_away::boolean THEN :at::timestamptz END)
ON CONFLICT (provider) DO UPDATE SET
    answered_at = coalesce(excluded.answered_at, provider_answers.answered_at),
    away_since = CASE WHEN excluded.away_since IS NOT NULL THEN coalesce(provider_answers.away_since, excluded.away_since) END
RETURNING away_since
