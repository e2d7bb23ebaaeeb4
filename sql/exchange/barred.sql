-- internal: why nothing can be exchanged into p_gained of a currency, whatever was promised, as {reason, details}; null when it can
CREATE FUNCTION exchange_barred(p_user_id bigint, p_rules terms, p_to text, p_gained numeric, p_at timestamptz)
RETURNS jsonb LANGUAGE plpgsql STABLE AS $$
DECLARE
    person users;
    room   numeric := exchange_room(p_user_id, NULL, p_rules, p_to, p_at);
BEGIN
    SELECT * INTO person FROM users WHERE id = p_user_id;
    RETURN CASE
        WHEN person.onboarded_at IS NULL THEN '{"reason": "not_onboarded", "details": {}}'
        WHEN users_barred(person) IS NOT NULL THEN jsonb_build_object('reason', users_barred(person), 'details', '{}'::jsonb)
        WHEN p_gained > room THEN
            jsonb_build_object('reason', 'position', 'details', jsonb_build_object('currency', p_to, 'left', room::text))
    END;
END
$$;
