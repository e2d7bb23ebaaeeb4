-- internal: how far a broadcast is, as its owner is told
CREATE FUNCTION broadcasts_told(p_broadcast broadcasts) RETURNS jsonb LANGUAGE sql IMMUTABLE AS $$
    SELECT jsonb_build_object(
        'id', p_broadcast.id, 'kind', p_broadcast.kind, 'text', left(p_broadcast.text, 100), 'audience', p_broadcast.audience,
        'state', p_broadcast.state, 'total', p_broadcast.total, 'sent', p_broadcast.sent, 'blocked', p_broadcast.blocked,
        'failed', p_broadcast.failed, 'muted', p_broadcast.muted, 'unknown', p_broadcast.unknown)
$$;
