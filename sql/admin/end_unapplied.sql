-- internal: ends an unapplied payment, tells whom it concerns, and answers what became of it
-- p_receiver is whose wallet or trade got it, null when it went back.
-- The caller has locked the row and checked that it may end so.
CREATE FUNCTION admin_end_unapplied(
    p_waits unapplied, p_event provider_events, p_how text, p_moved bigint, p_receiver bigint, p_credited numeric, p_trade trades,
    p_user_id bigint, p_note text, p_at timestamptz
) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
    dedup text := 'unapplied_ended.' || p_waits.id || '.';
    news  jsonb := jsonb_build_object(
        'currency', p_event.currency, 'network', p_event.network, 'amount', p_waits.amount::text, 'at', p_waits.at,
        'credited', p_credited::text, 'trade_id', p_trade.id, 'slug', p_trade.slug, 'state', p_trade.state);
BEGIN
    UPDATE unapplied SET ended_as = p_how, ended_by = p_moved, ended_at = p_at, user_id = p_receiver, credited = p_credited,
        ended_by_user = p_user_id, note = p_note
    WHERE id = p_waits.id;
    PERFORM admin_record(p_user_id, 'unapplied_' || p_how, 'unapplied ' || p_waits.id, p_note, NULL, jsonb_build_object(
        'amount', p_waits.amount::text, 'currency', p_event.currency, 'receiver', p_receiver, 'trade', p_trade.slug), p_at);
    IF p_receiver IS NOT NULL THEN
        PERFORM outbox_notice(p_receiver, 'unapplied_' || p_how, news, dedup || p_receiver, p_at);
    END IF;
    IF p_event.user_id IS DISTINCT FROM p_receiver AND p_event.user_id IS NOT NULL THEN
        PERFORM outbox_notice(p_event.user_id, CASE p_how WHEN 'refunded' THEN 'unapplied_refunded' ELSE 'unapplied_moved' END,
            CASE p_how WHEN 'refunded' THEN news || jsonb_build_object('note', p_note)
                ELSE news - ARRAY['credited', 'trade_id', 'slug', 'state'] END,
            dedup || p_event.user_id, p_at);
    END IF;
    RETURN jsonb_build_object(
        'how', p_how, 'amount', p_waits.amount::text, 'currency', p_event.currency, 'credited', p_credited::text,
        'person', users_name(p_receiver), 'slug', p_trade.slug, 'state', p_trade.state);
END
$$;
