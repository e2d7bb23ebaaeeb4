-- A payin was asked about, and all that its provider told is applied: says when it is asked about next, and keeps where
-- the sums differ, which the staff hears of once. Answers how many differences are new.
-- p_told are the confirmed sums by p_currencies. The provider need not have told yet what came to us after p_settled_by:
-- that alone is no difference. Locks the payin.
CREATE FUNCTION reconciliation_asked(
    p_at timestamptz, p_payin_id bigint, p_currencies text[], p_told numeric[], p_settled_by timestamptz
) RETURNS int LANGUAGE plpgsql AS $$
DECLARE
    payin  payins;
    over   timestamptz;  -- when nothing more was expected; null: still expected, or for ever
    found  record;
    known  reconciliations;
    number bigint;
    fresh  int := 0;
BEGIN
    SELECT * INTO STRICT payin FROM payins WHERE id = p_payin_id FOR NO KEY UPDATE;
    over := CASE WHEN payin.trade_id IS NOT NULL THEN (SELECT ended_at FROM trades WHERE id = payin.trade_id)
                 ELSE payin.valid_until END;
    UPDATE payins SET ask_at = CASE WHEN over + interval '30 days' <= p_at THEN NULL ELSE reconciliation_next(payin, p_at) END
    WHERE id = payin.id AND ask_at IS NOT NULL;

    FOR found IN
        WITH told AS (
            SELECT * FROM unnest(p_currencies, p_told) told (currency, amount)
        ), ours AS (
            SELECT e.currency, sum(e.moved + coalesce(x.amount, 0)) AS amount,
                coalesce(sum(e.moved + coalesce(x.amount, 0)) FILTER (WHERE e.at <= p_settled_by), 0) AS settled
            FROM provider_events e LEFT JOIN unapplied x ON x.event_id = e.id
            WHERE e.payin_id = payin.id AND e.provider = payin.provider GROUP BY e.currency
        ), compared AS (
            SELECT currency, coalesce(told.amount, 0) AS told, coalesce(ours.amount, 0) AS ours, coalesce(ours.settled, 0) AS settled
            FROM (
                SELECT currency FROM told UNION SELECT currency FROM ours
                UNION SELECT currency FROM reconciliations WHERE payin_id = payin.id AND settled_at IS NULL
            ) all_of_them
            LEFT JOIN told USING (currency) LEFT JOIN ours USING (currency)
        )
        SELECT currency, told, ours, told > ours OR told < settled AS differs FROM compared
    LOOP
        SELECT * INTO known FROM reconciliations
        WHERE payin_id = payin.id AND currency = found.currency AND settled_at IS NULL;
        CONTINUE WHEN (known.told, known.ours) = (found.told, found.ours) OR NOT found.differs AND found.told <> found.ours;
        UPDATE reconciliations SET settled_at = p_at WHERE id = known.id;
        CONTINUE WHEN NOT found.differs;
        INSERT INTO reconciliations (payin_id, provider, currency, told, ours, at)
        VALUES (payin.id, payin.provider, found.currency, found.told, found.ours, p_at) RETURNING id INTO number;
        PERFORM admin_tell('reconciliation', jsonb_build_object(
            'provider', payin.provider, 'reference', payin.reference, 'currency', found.currency, 'network', payin.network,
            'told', found.told::text, 'ours', found.ours::text, 'person', users_name(payin.user_id)),
            'reconciliation.' || number, p_at);
        fresh := fresh + 1;
    END LOOP;
    RETURN fresh;
END
$$;
