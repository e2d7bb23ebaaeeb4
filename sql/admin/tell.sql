-- internal: tells everybody who runs LockBay something, each once per p_dedup
CREATE FUNCTION admin_tell(p_kind text, p_data jsonb, p_dedup text, p_at timestamptz) RETURNS void LANGUAGE sql AS $$
    SELECT outbox_notice(user_id, p_kind, p_data, p_dedup || '.' || user_id, p_at) FROM staff
$$;
