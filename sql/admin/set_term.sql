-- An owner changes a term while LockBay runs, or (p_value null) has it follow the settings again. p_expected is what was shown.
-- Trades and quotes that were made before keep theirs.
CREATE FUNCTION admin_set_term(
    p_request_key text, p_request_hash text, p_at timestamptz, p_user_id bigint, p_name text, p_expected text, p_value text, p_why text
) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
    outcome jsonb := requests_claim(p_request_key, p_request_hash, 'admin/set_term', p_at);
    bound   record;
    held    terms;
    before  text;
    wanted  text;
    problem text;
BEGIN
    IF outcome IS NOT NULL THEN RETURN outcome; END IF;
    IF NOT admin_may(p_user_id, 'owner') THEN RETURN requests_refuse(p_request_key, 'not_staff'); END IF;
    SELECT * INTO bound FROM terms_bounds() b WHERE b.name = p_name AND b.in_chat;
    IF bound.name IS NULL THEN RETURN requests_refuse(p_request_key, 'unknown_term'); END IF;
    IF p_why !~ '\S' OR length(p_why) > 500 THEN RETURN requests_refuse(p_request_key, 'bad_note'); END IF;
    SELECT * INTO held FROM terms FOR UPDATE;
    before := terms_plain(bound.kind, to_jsonb(held)->>p_name);
    wanted := coalesce(p_value, terms_plain(bound.kind, held.settings->>p_name), before);
    problem := CASE WHEN before <> p_expected THEN 'terms_changed' ELSE terms_problem(p_name, wanted) END;
    IF problem IS NOT NULL THEN
        RETURN requests_refuse(p_request_key, problem, jsonb_build_object('lowest', bound.lowest::text, 'highest', bound.highest::text));
    END IF;
    IF p_value IS NULL THEN
        DELETE FROM term_overrides WHERE name = p_name;
    ELSE
        INSERT INTO term_overrides (name, value, by, at)
        VALUES (p_name, CASE bound.kind WHEN 'duration' THEN wanted || ' seconds' ELSE wanted END, p_user_id, p_at)
        ON CONFLICT (name) DO UPDATE SET value = excluded.value, by = excluded.by, at = excluded.at;
    END IF;
    PERFORM terms_apply(held.settings);
    PERFORM admin_record(p_user_id, CASE WHEN p_value IS NULL THEN 'reset_term' ELSE 'set_term' END, 'terms ' || p_name, p_why,
        to_jsonb(before), to_jsonb(wanted), p_at);
    RETURN requests_finish(p_request_key, jsonb_build_object('answer', wanted, 'changed', admin_altered(), 'told', 0));
END
$$;
