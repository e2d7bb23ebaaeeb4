-- Stores the settings of the business in their one row.
UPDATE terms SET
    fee_percent = :fee_percent::numeric, smallest_trade_usd = :smallest_trade_usd::numeric,
    largest_trade_usd = :largest_trade_usd::numeric, trades_a_day = :trades_a_day::int,
    trades_an_hour = :trades_an_hour::int, unpaid_trades = :unpaid_trades::int,
    payment_window = :payment_window::interval, answer_window = :answer_window::interval,
    shortest_delivery_hours = :shortest_delivery_hours::int, longest_delivery_hours = :longest_delivery_hours::int,
    dispute_window = :dispute_window::interval, delivery_grace = :delivery_grace::interval,
    choice_window = :choice_window::interval, confirmation_window = :confirmation_window::interval,
    tolerance_small_percent = :tolerance_small_percent::numeric, tolerance_middle_percent = :tolerance_middle_percent::numeric,
    tolerance_large_percent = :tolerance_large_percent::numeric, spread_percent = :spread_percent::numeric,
    quote_lock = :quote_lock::interval, rate_age = :rate_age::interval, rates_apart_percent = :rates_apart_percent::numeric,
    smallest_bank_deposit = :smallest_bank_deposit::numeric, largest_bank_deposit = :largest_bank_deposit::numeric,
    worth_age = :worth_age::interval, code_lifetime = :code_lifetime::interval, code_tries = :code_tries::int,
    code_pause = :code_pause::interval, codes_an_hour = :codes_an_hour::int
