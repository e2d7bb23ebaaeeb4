-- internal: what is told of a correction
CREATE FUNCTION admin_correction_news(p_correction corrections) RETURNS jsonb LANGUAGE sql STABLE AS $$
    SELECT jsonb_build_object(
        'correction_id', p_correction.id, 'currency', p_correction.currency, 'amount', p_correction.amount::text,
        'person', users_name(p_correction.user_id), 'why', p_correction.why,
        'slug', (SELECT c.slug FROM payout_events e JOIN cashouts c ON c.id = e.cashout_id WHERE e.id = p_correction.event_id),
        'unapplied_id', p_correction.unapplied_id, 'by', coalesce(users_name(p_correction.proposed_by), p_correction.proposed_by::text),
        'until', p_correction.expires_at)
$$;
