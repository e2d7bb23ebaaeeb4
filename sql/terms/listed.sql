-- internal: the terms that an owner can change: what holds, what the settings say, between what it must lie, who changed it last
CREATE FUNCTION terms_listed() RETURNS jsonb LANGUAGE sql STABLE AS $$
    SELECT jsonb_agg(jsonb_build_object(
        'name', b.name, 'kind', b.kind, 'lowest', b.lowest::text, 'highest', b.highest::text,
        'value', terms_plain(b.kind, to_jsonb(t)->>b.name), 'setting', terms_plain(b.kind, coalesce(t.settings->>b.name, to_jsonb(t)->>b.name)),
        'changed_by', coalesce(users_name(o.by), o.by::text), 'changed_at', o.at) ORDER BY b.name)
    FROM terms t CROSS JOIN terms_bounds() b LEFT JOIN term_overrides o ON o.name = b.name
    WHERE b.in_chat
$$;
