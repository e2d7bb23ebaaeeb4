-- Remembers over which networks no provider pays by itself: who cashes out over them hears at once that somebody does it by hand.
UPDATE payout_fees f SET by_hand = routed.network IS NULL
FROM payout_fees each
LEFT JOIN (SELECT unnest(:currencies::text[]) AS currency, unnest(:networks::text[]) AS network) routed USING (currency, network)
WHERE f.currency = each.currency AND f.network = each.network AND f.by_hand <> (routed.network IS NULL)
