-- A person as others see them, by their id; no row for who is blocked or closed, nor, of those who are not public, for anybody
-- but themselves and who has traded with them.
SELECT
    p.id AS user_id, users_name(p.id) AS name, p.slug, p.is_public, p.id = :user_id AS is_own, standing.of AS standing,
    ratings_achievements(p.id, standing.of, :at) AS achievements
FROM users p
CROSS JOIN LATERAL (SELECT ratings_standing(p.id) AS of OFFSET 0) standing
WHERE p.id = :person_id AND p.onboarded_at IS NOT NULL AND (
    p.id = :user_id
    OR p.blocked_at IS NULL AND p.closed_at IS NULL AND (
        p.is_public
        OR EXISTS (SELECT FROM trades WHERE buyer_id = :user_id AND seller_id = p.id)
        OR EXISTS (SELECT FROM trades WHERE buyer_id = p.id AND seller_id = :user_id)))
