-- Stores the settings of the business; what an owner changed while LockBay runs stands above them.
SELECT terms_apply(to_jsonb(said)) FROM (SELECT
    :fee_percent::numeric AS fee_percent, :smallest_trade_usd::numeric AS smallest_trade_usd,
    :largest_trade_usd::numeric AS largest_trade_usd, :trades_a_day::int AS trades_a_day,
    :trades_an_hour::int AS trades_an_hour, :unpaid_trades::int AS unpaid_trades,
    :payment_window::interval AS payment_window, :answer_window::interval AS answer_window,
    :shortest_delivery_hours::int AS shortest_delivery_hours, :longest_delivery_hours::int AS longest_delivery_hours,
    :dispute_window::interval AS dispute_window, :delivery_grace::interval AS delivery_grace,
    :choice_window::interval AS choice_window, :confirmation_window::interval AS confirmation_window,
    :tolerance_small_percent::numeric AS tolerance_small_percent, :tolerance_middle_percent::numeric AS tolerance_middle_percent,
    :tolerance_large_percent::numeric AS tolerance_large_percent, :spread_percent::numeric AS spread_percent,
    :quote_lock::interval AS quote_lock, :rate_age::interval AS rate_age, :rates_apart_percent::numeric AS rates_apart_percent,
    :smallest_bank_deposit::numeric AS smallest_bank_deposit, :largest_bank_deposit::numeric AS largest_bank_deposit,
    :cashout_code::text AS cashout_code, :cashout_daily_count::int AS cashout_daily_count,
    :cashout_daily_usd::numeric AS cashout_daily_usd, :cashout_unverified_daily_usd::numeric AS cashout_unverified_daily_usd,
    :cashout_approval_usd::numeric AS cashout_approval_usd, :exchange_sources::int AS exchange_sources,
    :exchange_position_usd::numeric AS exchange_position_usd, :exchange_smallest_usd::numeric AS exchange_smallest_usd,
    :exchange_largest_usd::numeric AS exchange_largest_usd,
    :referral_newcomer::numeric AS referral_newcomer, :referral_referrer::numeric AS referral_referrer,
    :referral_volume_usd::numeric AS referral_volume_usd,
    :worth_age::interval AS worth_age, :code_lifetime::interval AS code_lifetime, :code_tries::int AS code_tries,
    :code_pause::interval AS code_pause, :codes_an_hour::int AS codes_an_hour,
    :correction_largest_usd::numeric AS correction_largest_usd, :correction_daily_usd::numeric AS correction_daily_usd
) said
