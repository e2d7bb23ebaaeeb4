-- internal: what of a held sum is released when the seller gets p_percent of it, and our fee on that part alone
-- Whole smallest units, without an intermediate rounding: the released part is rounded down, so the odd unit stays with the
-- buyer, its fee half up. All of it is what a release pays, nothing of it a refund.
CREATE FUNCTION disputes_split(
    p_held numeric, p_payout numeric, p_scale int, p_percent int, OUT released numeric, OUT fee numeric
) LANGUAGE sql IMMUTABLE AS $$
    SELECT trim_scale(round(part / unit, p_scale)),
        trim_scale(round(div(2 * (p_held - p_payout) * unit * part + p_held * unit, 2 * p_held * unit) / unit, p_scale))
    FROM (SELECT power(10::numeric, p_scale) AS unit) u, LATERAL (SELECT div(p_held * unit * p_percent, 100) AS part) p
$$;
