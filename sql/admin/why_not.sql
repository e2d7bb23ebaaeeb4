-- internal: why somebody cannot end an unapplied payment in a way; null when they can
CREATE FUNCTION admin_why_not(
    p_user_id bigint, p_waits unapplied, p_event provider_events, p_how text, p_amount numeric, p_note text
) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT CASE
        WHEN NOT admin_may(p_user_id, 'finance') THEN 'not_staff'
        WHEN p_waits.id IS NULL THEN 'unknown_payment'
        WHEN p_waits.ended_as IS NOT NULL THEN 'already_ended'
        WHEN p_amount <> p_waits.amount THEN 'terms_changed'
        WHEN btrim(p_note) = '' OR length(p_note) > 500 THEN 'bad_note'
        WHEN p_how <> 'refunded' AND NOT admin_bookable(p_waits.amount, p_event.currency) THEN 'not_bookable'
    END
$$;
