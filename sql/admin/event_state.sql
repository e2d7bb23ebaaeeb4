-- internal: what became of what a provider told: seen, booked, unapplied (it waits), ended (somebody decided), noted (nothing new in it)
CREATE FUNCTION admin_event_state(p_event provider_events) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT CASE WHEN p_event.transfer_id IS NOT NULL THEN 'booked' WHEN p_event.pending THEN 'seen'
        ELSE coalesce((SELECT CASE WHEN ended_as IS NULL THEN 'unapplied' ELSE ended_as END FROM unapplied WHERE event_id = p_event.id),
            'noted') END
$$;
