-- internal: tells the owner of an e-mail address something, who may have no account yet, once per p_dedup
CREATE FUNCTION outbox_mail(p_address text, p_kind text, p_data jsonb, p_dedup text, p_at timestamptz)
RETURNS void LANGUAGE sql AS $$
    INSERT INTO outbox (address, kind, data, dedup, created_at, due_at)
    VALUES (p_address, p_kind, p_data, p_dedup, p_at, p_at)
    ON CONFLICT (dedup) DO NOTHING
$$;
