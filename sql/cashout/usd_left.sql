-- internal: what may still leave a person's wallet within 24 hours, in USD: 0 when they had as many cash-outs as there may be; null: any amount
CREATE FUNCTION cashout_usd_left(p_person users, p_rules terms, p_at timestamptz) RETURNS numeric LANGUAGE sql STABLE AS $$
    SELECT CASE
        WHEN today.cashouts >= nullif(p_rules.cashout_daily_count, 0) THEN 0
        WHEN bound.usd IS NOT NULL THEN greatest(bound.usd - today.usd, 0) END
    FROM (SELECT least(nullif(p_rules.cashout_daily_usd, 0), cashout_lower_limit(p_person, p_rules, p_at)) AS usd) bound,
    LATERAL (
        SELECT count(*) AS cashouts, coalesce(sum(usd_worth), 0) AS usd FROM cashouts
        WHERE user_id = p_person.id AND created_at > p_at - interval '24 hours'
            AND state NOT IN ('refunded', 'declined', 'cancelled')) today
$$;
