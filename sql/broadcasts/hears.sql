-- internal: whether a broadcast is for somebody, whether they want to hear it or not; of a language: however it is spoken (pt, pt-br)
-- Active is who did something since then: each thing that is done leaves its request under their number.
CREATE FUNCTION broadcasts_hears(p_person users, p_audience text, p_since timestamptz) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT p_person.onboarded_at IS NOT NULL AND p_person.blocked_at IS NULL AND p_person.closed_at IS NULL
        AND p_person.unreachable_at IS NULL
        AND CASE p_audience
            WHEN 'all' THEN true
            WHEN 'active' THEN EXISTS (
                SELECT FROM requests WHERE key > p_person.id || '.' AND key < p_person.id || '/' AND at >= p_since)
            ELSE lower(split_part(p_person.language, '-', 1)) = p_audience END
$$;
