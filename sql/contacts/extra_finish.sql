-- internal: ends an operation on a further address of a person: which, and the views that are old now
CREATE FUNCTION contacts_extra_finish(p_request_key text, p_extra extra_contacts) RETURNS jsonb LANGUAGE sql AS $$
    SELECT requests_finish(p_request_key, jsonb_build_object(
        'answer', jsonb_build_object('id', p_extra.id, 'kind', p_extra.kind, 'value', p_extra.value),
        'changed', users_changed(p_extra.user_id, ARRAY['Extras', 'Onboarding', 'Menu', 'InvitationPage']),
        'told', 0))
$$;
