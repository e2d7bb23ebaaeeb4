-- internal: every term, how it is written, and between what it must lie, whether the settings say it or an owner does
-- `duration` is in seconds. `off`: 0 is allowed besides, and turns it off. Those not `in_chat` are the settings' alone.
CREATE FUNCTION terms_bounds() RETURNS TABLE (name text, kind text, lowest numeric, highest numeric, off boolean, in_chat boolean)
LANGUAGE sql IMMUTABLE AS $$
    SELECT b.*, b.name = 'shortest_outage', b.name NOT IN ('shortest_outage', 'credit_second_usd') FROM (VALUES
        ('fee_percent', 'percent', 0, 50), ('smallest_trade_usd', 'usd', 0, 1e6), ('largest_trade_usd', 'usd', 1, 1e9),
        ('trades_a_day', 'count', 1, 1e6), ('trades_an_hour', 'count', 1, 1e6), ('unpaid_trades', 'count', 1, 1e6),
        ('payment_window', 'duration', 300, 86400), ('answer_window', 'duration', 600, 604800),
        ('shortest_delivery_hours', 'count', 1, 720), ('longest_delivery_hours', 'count', 1, 2160),
        ('dispute_window', 'duration', 3600, 1209600), ('delivery_grace', 'duration', 600, 604800),
        ('choice_window', 'duration', 600, 86400), ('confirmation_window', 'duration', 600, 86400),
        ('tolerance_small_percent', 'percent', 0, 20), ('tolerance_middle_percent', 'percent', 0, 20),
        ('tolerance_large_percent', 'percent', 0, 20), ('spread_percent', 'percent', 0, 20),
        ('quote_lock', 'duration', 60, 3600), ('rate_age', 'duration', 60, 86400), ('worth_age', 'duration', 600, 604800),
        ('rates_apart_percent', 'percent', 0.1, 50), ('exchange_sources', 'count', 1, 10),
        ('exchange_position_usd', 'usd', 0, 1e9), ('exchange_smallest_usd', 'usd', 0, 1e6), ('exchange_largest_usd', 'usd', 1, 1e9),
        ('smallest_bank_deposit', 'ngn', 1, 1e9), ('largest_bank_deposit', 'ngn', 1, 1e12),
        ('cashout_code', 'choice', 0, 0), ('cashout_daily_count', 'count', 0, 1e6), ('cashout_daily_usd', 'usd', 0, 1e9),
        ('cashout_unverified_daily_usd', 'usd', 0, 1e9), ('cashout_approval_usd', 'usd', 0, 1e9),
        ('referral_newcomer', 'usd', 0, 1000), ('referral_referrer', 'usd', 0, 1000), ('referral_volume_usd', 'usd', 0, 1e9),
        ('correction_largest_usd', 'usd', 0, 1e9), ('correction_daily_usd', 'usd', 0, 1e9),
        ('code_lifetime', 'duration', 60, 86400), ('code_tries', 'count', 1, 100), ('code_pause', 'duration', 0, 3600),
        ('codes_an_hour', 'count', 1, 100), ('credit_second_usd', 'usd', 0, 1e9), ('shortest_outage', 'duration', 300, 604800)
    ) b (name, kind, lowest, highest)
$$;
