"""Postings that no operation makes."""

from __future__ import annotations

POST = """
WITH t AS (INSERT INTO transfers (request_key, kind, note, at) VALUES ('by hand', 'opening', '', now()) RETURNING id),
lines (kind, currency, amount) AS (VALUES {})
INSERT INTO postings (transfer_id, account_id, currency, amount)
SELECT t.id, coalesce(a.id, 0), lines.currency, lines.amount
FROM t, lines LEFT JOIN accounts a ON a.owner = 0 AND a.kind = lines.kind AND a.currency = lines.currency
"""
MOVED = """
CREATE FUNCTION pg_temp.moved(
    purpose text, coin text, amount numeric, giver text, giver_id bigint, taker text, taker_id bigint
) RETURNS bigint LANGUAGE sql AS $$
    SELECT ledger_transfer('by hand', purpose, NULL, '', ARRAY[
        (giver, giver_id, coin, -amount), (taker, taker_id, coin, amount)]::ledger_line[], now())
$$
"""
