-- internal: tells who runs LockBay, once a day for a currency, that somebody wanted more of it than may be given; not when only their
-- own promises are in the way
CREATE FUNCTION exchange_tell(p_rules terms, p_code text, p_wanted numeric, p_at timestamptz)
RETURNS void LANGUAGE sql AS $$
    SELECT admin_tell('exchange_position', jsonb_build_object(
        'currency', p_code, 'wanted', p_wanted::text, 'left', room::text, 'limit_usd', p_rules.exchange_position_usd::text),
        format('exchange_position.%s.%s', p_code, (p_at AT TIME ZONE 'UTC')::date), p_at)
    FROM exchange_position(p_rules, p_code, p_at) room WHERE p_wanted > room
$$;
