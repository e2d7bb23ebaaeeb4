-- internal: what of a held sum is released when the seller gets p_percent of it, and our fee on that part alone
-- In whole smallest units, so without any rounding on the way (numeric division rounds): the released part is rounded down, so
-- the odd unit stays with the buyer, its fee half up. All of it is what a release pays, nothing of it a refund.
CREATE FUNCTION disputes_split(
    p_held numeric, p_payout numeric, p_scale int, p_percent int, OUT released numeric, OUT fee numeric
) LANGUAGE sql IMMUTABLE AS $$
    SELECT trim_scale(part * unit), trim_scale(div(2 * earned * part + whole, 2 * whole) * unit)
    FROM (SELECT ('1e' || p_scale)::numeric AS units, ('1e-' || p_scale)::numeric AS unit) currency,
    LATERAL (SELECT p_held * units AS whole, (p_held - p_payout) * units AS earned) held,
    LATERAL (SELECT div(whole * p_percent, 100) AS part) released
$$;
