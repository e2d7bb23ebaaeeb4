-- One side of a trade disputes it: from now on its time stands still. What they say and show are the next messages of the
-- trade's chat, where nobody can change them. Locks the trade; tells the other side, and the staff.
CREATE FUNCTION disputes_open(
    p_request_key text, p_request_hash text, p_at timestamptz, p_user_id bigint, p_trade_id bigint, p_reason text, p_text text,
    p_kinds text[], p_file_ids text[], p_captions text[]
) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
    most    CONSTANT int := 10;  -- files
    outcome jsonb := requests_claim(p_request_key, p_request_hash, 'disputes/open', p_at);
    trade   trades;
    dispute disputes;
    reason  text;
    side    text;
    other   text;
    newest  int;
    chat    jsonb;
BEGIN
    IF outcome IS NOT NULL THEN RETURN outcome; END IF;
    SELECT * INTO trade FROM trades WHERE id = p_trade_id FOR NO KEY UPDATE;
    reason := trades_why_not(trade, p_user_id, 'dispute', p_at);
    IF reason IS NOT NULL THEN RETURN trades_refuse(p_request_key, trade, reason); END IF;
    side := CASE p_user_id WHEN trade.buyer_id THEN 'buyer' ELSE 'seller' END;
    other := trades_other(trade, p_user_id);
    IF p_reason <> ALL (disputes_reasons(side)) THEN RETURN requests_refuse(p_request_key, 'bad_reason'); END IF;
    IF p_text !~ '\S' OR length(p_text) NOT BETWEEN 10 AND 1000 THEN RETURN requests_refuse(p_request_key, 'bad_text'); END IF;
    IF cardinality(p_kinds) > most OR cardinality(p_kinds) <> cardinality(p_file_ids)
        OR cardinality(p_kinds) <> cardinality(p_captions) OR EXISTS (
            SELECT FROM unnest(p_kinds, p_file_ids, p_captions) file (kind, id, caption)
            WHERE kind NOT IN ('photo', 'document') OR id = '' OR length(caption) > 1000) THEN
        RETURN requests_refuse(p_request_key, 'bad_files', jsonb_build_object('most', most::text));
    END IF;

    UPDATE trades SET state = 'disputed' WHERE id = trade.id RETURNING * INTO trade;
    INSERT INTO disputes (trade_id, buyer_id, seller_id, opened_by, role, reason, text, opened_at)
    VALUES (trade.id, trade.buyer_id, trade.seller_id, p_user_id, side, p_reason, p_text, p_at) RETURNING * INTO dispute;
    SELECT coalesce(max(n), 0) INTO newest FROM chat_messages WHERE trade_id = trade.id;
    INSERT INTO chat_messages (trade_id, n, author_id, role, kind, text, file_id, at)
    SELECT trade.id, newest + place, p_user_id, side, kind, text, file_id, p_at
    FROM (
        SELECT 1 AS place, 'text' AS kind, p_text AS text, '' AS file_id
        UNION ALL
        SELECT 1 + place, kind, caption, id
        FROM unnest(p_kinds, p_file_ids, p_captions) WITH ORDINALITY file (kind, id, caption, place)
    ) said;
    newest := newest + 1 + cardinality(p_kinds);
    PERFORM chat_mark(trade.id, p_user_id, newest);
    chat := jsonb_build_object('newest', newest);
    PERFORM outbox_notice(CASE other WHEN 'buyer' THEN trade.buyer_id ELSE trade.seller_id END, 'dispute_opened',
        disputes_news(trade, dispute, other) || chat, 'dispute_opened.' || dispute.id, p_at);
    PERFORM outbox_notice(person, 'dispute_to_decide', disputes_news(trade, dispute, 'admin') || chat,
        format('dispute_to_decide.%s.%s', dispute.id, person), p_at)
    FROM disputes_staff(dispute) person;
    RETURN requests_finish(p_request_key, jsonb_build_object(
        'answer', jsonb_build_object('trade_id', trade.id, 'slug', trade.slug, 'messages', 1 + cardinality(p_kinds)),
        'changed', trades_changed(trade), 'told', 1));
END
$$;
