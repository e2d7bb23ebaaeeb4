-- Somebody who runs a group chooses what is announced there: one topic, or with `all` every one. Whether they run it was asked of
-- Telegram right before.
CREATE FUNCTION groups_choose(
    p_request_key text, p_request_hash text, p_at timestamptz, p_user_id bigint, p_slug text, p_topic text, p_is_wanted boolean
) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
    outcome jsonb := requests_claim(p_request_key, p_request_hash, 'groups/choose', p_at);
    every   text[] := ARRAY['opened', 'completed', 'praised'];
    chosen  text[] := CASE p_topic WHEN 'all' THEN every ELSE ARRAY[p_topic] END;
    found_  groups;
BEGIN
    IF outcome IS NOT NULL THEN RETURN outcome; END IF;
    IF NOT chosen <@ every THEN RETURN requests_refuse(p_request_key, 'unknown_topic'); END IF;
    UPDATE groups SET topics = ARRAY(
        SELECT topic FROM unnest(every) topic WHERE CASE WHEN topic = ANY (chosen) THEN p_is_wanted ELSE topic = ANY (topics) END)
    WHERE slug = p_slug AND left_at IS NULL RETURNING * INTO found_;
    IF NOT FOUND THEN RETURN requests_refuse(p_request_key, 'unknown_group'); END IF;
    RETURN groups_finish(p_request_key, p_user_id, found_);
END
$$;
