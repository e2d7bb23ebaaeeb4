-- One cash-out of a person.
SELECT
    c.id, c.slug, c.state, c.currency, c.network, c.amount, c.net, c.usd_worth, c.address, c.bank_name, c.account_name, c.txid,
    CASE WHEN c.state IN ('refunded', 'declined') THEN c.problem END AS problem, c.created_at, c.ended_at
FROM cashouts c
WHERE c.id = :cashout_id::bigint AND c.user_id = :user_id
