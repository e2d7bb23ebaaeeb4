-- Gives a kept destination another name. Two may have the same: each is shown with its address.
-- The person's row is locked before: a cash-out has it, and waits for no other.
CREATE FUNCTION contacts_rename(
    p_request_key text, p_request_hash text, p_at timestamptz, p_user_id bigint, p_destination_id bigint, p_label text
) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
    outcome jsonb := requests_claim(p_request_key, p_request_hash, 'contacts/rename', p_at);
    kept    destinations;
BEGIN
    IF outcome IS NOT NULL THEN RETURN outcome; END IF;
    PERFORM FROM users WHERE id = p_user_id FOR NO KEY UPDATE;
    UPDATE destinations SET label = p_label WHERE id = p_destination_id AND user_id = p_user_id RETURNING * INTO kept;
    IF kept.id IS NULL THEN RETURN requests_refuse(p_request_key, 'unknown_contact', '{}'); END IF;
    RETURN contacts_finish(p_request_key, kept);
END
$$;
