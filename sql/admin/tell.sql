-- internal: tells everybody who runs LockBay and has a power (any, support, finance, owner) something, each once per p_dedup
CREATE FUNCTION admin_tell(p_kind text, p_data jsonb, p_dedup text, p_at timestamptz, p_power text DEFAULT 'finance')
RETURNS void LANGUAGE sql AS $$
    SELECT outbox_notice(user_id, p_kind, p_data, p_dedup || '.' || user_id, p_at) FROM staff WHERE admin_may(user_id, p_power)
$$;
