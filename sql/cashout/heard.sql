-- internal: whether a webhook has said how a payout ended, after p_since
CREATE FUNCTION cashout_heard(p_cashout_id bigint, p_since timestamptz) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT EXISTS (SELECT FROM payout_events e
        WHERE e.cashout_id = p_cashout_id AND e.outcome IN ('heard_done', 'heard_failed') AND e.at > p_since)
$$;
