-- What a person has: `coins` as a column, and again in JSON.
SELECT p.coins, p.mood::text AS mood, :at::timestamptz AS read_at,
    (SELECT coalesce(json_agg(json_build_object('price', b.price::text, 'at', b.at) ORDER BY b.id), '[]')
     FROM purchases b WHERE b.person = p.id) AS purchases
FROM people p WHERE p.id = :user_id AND ':user_id' <> '' -- :nothing
