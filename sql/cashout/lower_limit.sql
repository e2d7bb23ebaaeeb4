-- internal: what of the lower limit of a day holds for a person, in USD: without a proven e-mail address, and for a day after the first one
-- where there was money before, as whoever got into the account can prove one of their own; null: they have no lower one
CREATE FUNCTION cashout_lower_limit(p_person users, p_rules terms, p_at timestamptz) RETURNS numeric LANGUAGE sql STABLE AS $$
    SELECT CASE WHEN p_person.email_verified_at IS NULL OR p_person.email_first_at > p_at - interval '24 hours'
        THEN nullif(p_rules.cashout_unverified_daily_usd, 0) END
$$;
