-- A trade that an unapplied payment could pay, and what the payment is worth in it, for the staff; null: nobody can tell.
SELECT
    t.id, t.slug, t.state, t.state IN ('awaiting_payment', 'underpaid') AS payable, t.currency,
    users_name(t.buyer_id) AS buyer, coalesce(users_name(t.seller_id), nullif(t.seller_handle, '')) AS seller,
    t.amount + t.buyer_fee AS total, trades_rest(t, trades_counted(t, admin_seen(t, e, :at), :at)) AS missing,
    admin_worth(t, e, x.amount, :at) AS worth
FROM staff
JOIN unapplied x ON x.id = :unapplied_id
JOIN provider_events e ON e.id = x.event_id
JOIN trades t ON t.slug = upper(:slug::text)
WHERE staff.user_id = :user_id AND staff.role IN ('finance', 'owner')
