-- An owner gives somebody a role, or (p_role null) takes it; all others who decide about money are told. p_expected is the role that was
-- shown (null: none). Nobody of the settings is changed here; an owner always remains.
-- Owners are locked in one order: of two who take each other's role at once, one does.
CREATE FUNCTION admin_set_role(
    p_request_key text, p_request_hash text, p_at timestamptz, p_user_id bigint, p_person bigint, p_expected text, p_role text,
    p_why text
) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
    outcome jsonb := requests_claim(p_request_key, p_request_hash, 'admin/set_role', p_at);
    held    staff;
    person  users;
    reason  text;
BEGIN
    IF outcome IS NOT NULL THEN RETURN outcome; END IF;
    PERFORM FROM staff WHERE role = 'owner' ORDER BY user_id FOR UPDATE;
    IF NOT admin_may(p_user_id, 'owner') THEN RETURN requests_refuse(p_request_key, 'not_staff'); END IF;
    SELECT * INTO person FROM users WHERE id = p_person FOR NO KEY UPDATE;
    SELECT * INTO held FROM staff WHERE user_id = p_person FOR UPDATE;
    reason := CASE
        WHEN person.id IS NULL THEN 'unknown_person'
        WHEN p_role NOT IN ('support', 'finance', 'owner') THEN 'bad_role'
        WHEN p_why !~ '\S' OR length(p_why) > 500 THEN 'bad_note'
        WHEN held.by_settings THEN 'by_settings'
        WHEN held.role IS NOT DISTINCT FROM p_role THEN 'same_role'
        WHEN held.role IS DISTINCT FROM p_expected THEN 'terms_changed'
        WHEN p_role IS NOT NULL AND (person.blocked_at IS NOT NULL OR person.onboarded_at IS NULL OR person.closed_at IS NOT NULL) THEN 'not_here'
        WHEN held.role = 'owner' AND NOT EXISTS (SELECT FROM staff WHERE role = 'owner' AND user_id <> p_person) THEN 'last_owner' END;
    IF reason IS NOT NULL THEN RETURN requests_refuse(p_request_key, reason); END IF;
    IF p_role IS NULL THEN
        DELETE FROM staff WHERE user_id = p_person;
    ELSE
        INSERT INTO staff (user_id, role, by_settings, added_by, added_at) VALUES (p_person, p_role, false, p_user_id, p_at)
        ON CONFLICT (user_id) DO UPDATE SET role = excluded.role, added_by = excluded.added_by, added_at = excluded.added_at;
    END IF;
    PERFORM admin_record(p_user_id, CASE WHEN p_role IS NULL THEN 'take_role' ELSE 'give_role' END, 'user ' || p_person, p_why,
        to_jsonb(held.role), to_jsonb(p_role), p_at);
    PERFORM outbox_notice(user_id, 'team_changed', jsonb_build_object(
        'by', coalesce(users_name(p_user_id), p_user_id::text), 'person', coalesce(users_name(p_person), p_person::text),
        'person_id', p_person, 'role', p_role, 'why', p_why), format('team.%s.%s', p_request_key, user_id), p_at)
    FROM staff WHERE role IN ('finance', 'owner') AND user_id NOT IN (p_user_id, p_person);
    PERFORM outbox_notice(p_person, 'role_changed', jsonb_build_object('role', p_role), 'role.' || p_request_key, p_at);
    RETURN requests_finish(p_request_key, jsonb_build_object(
        'answer', p_person, 'changed', admin_altered() || jsonb_build_array(jsonb_build_array(p_person, 'Person')), 'told', 1));
END
$$;
