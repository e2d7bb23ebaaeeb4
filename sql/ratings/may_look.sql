-- internal: whether somebody may see the profile of another
-- Whoever is blocked or gone shows none. Whoever is not public shows it to those who have traded with them, or are asked to.
CREATE FUNCTION ratings_may_look(p_viewer bigint, p_person users) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT p_person.id = p_viewer OR p_person.onboarded_at IS NOT NULL
        AND users_barred(p_person) IS NULL AND (
            p_person.is_public
            OR EXISTS (SELECT FROM trades WHERE buyer_id = p_viewer AND seller_id = p_person.id)
            OR EXISTS (SELECT FROM trades WHERE buyer_id = p_person.id AND seller_id = p_viewer))
$$;
