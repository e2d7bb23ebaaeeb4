-- internal: a least of these terms that is above its most
CREATE FUNCTION terms_crossed(p_values jsonb) RETURNS TABLE (smaller text, larger text) LANGUAGE sql IMMUTABLE AS $$
    SELECT pair.* FROM (VALUES ('smallest_trade_usd', 'largest_trade_usd'), ('shortest_delivery_hours', 'longest_delivery_hours'),
        ('exchange_smallest_usd', 'exchange_largest_usd'), ('smallest_bank_deposit', 'largest_bank_deposit')) pair (smaller, larger)
    WHERE (p_values->>pair.smaller)::numeric > (p_values->>pair.larger)::numeric
$$;
