-- internal: whether a correction names the payment, or the failure, that this event tells of
CREATE FUNCTION admin_explained(p_event payout_events) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT EXISTS (
        SELECT FROM payout_events named JOIN corrections x ON x.event_id = named.id AND x.state = 'approved'
        WHERE named.cashout_id = p_event.cashout_id AND named.outcome = p_event.outcome AND NOT cashout_twice(named, p_event))
$$;
