-- internal: the deals of a person that have ended lately, on either side: the newest of 90 days, ten a side at most
-- So long they may be rated, and 30 days talked about.
CREATE FUNCTION menu_deals(p_user_id bigint, p_at timestamptz) RETURNS TABLE (id bigint, ended_at timestamptz)
LANGUAGE sql STABLE AS $$
    (SELECT id, ended_at FROM trades
        WHERE buyer_id = p_user_id AND ended_at > p_at - interval '90 days' AND accepted_at IS NOT NULL
        ORDER BY ended_at DESC LIMIT 10)
    UNION ALL
    (SELECT id, ended_at FROM trades
        WHERE seller_id = p_user_id AND ended_at > p_at - interval '90 days' AND accepted_at IS NOT NULL
        ORDER BY ended_at DESC LIMIT 10)
$$;
