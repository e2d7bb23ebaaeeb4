-- Forgets a destination. Cash-outs have a copy of where they went. The person's row is locked before, as for contacts/rename.
CREATE FUNCTION contacts_remove(
    p_request_key text, p_request_hash text, p_at timestamptz, p_user_id bigint, p_destination_id bigint
) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
    outcome jsonb := requests_claim(p_request_key, p_request_hash, 'contacts/remove', p_at);
    kept    destinations;
BEGIN
    IF outcome IS NOT NULL THEN RETURN outcome; END IF;
    PERFORM FROM users WHERE id = p_user_id FOR NO KEY UPDATE;
    DELETE FROM destinations WHERE id = p_destination_id AND user_id = p_user_id RETURNING * INTO kept;
    IF kept.id IS NULL THEN RETURN requests_refuse(p_request_key, 'unknown_contact', '{}'); END IF;
    RETURN contacts_finish(p_request_key, kept);
END
$$;
