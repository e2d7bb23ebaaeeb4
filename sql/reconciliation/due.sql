-- The payins that a provider is to be asked about by now, those that wait longest first.
SELECT deposits_answer(p, :at) AS payin
FROM payins p
WHERE p.provider = :provider AND p.ask_at <= :at
ORDER BY p.ask_at
LIMIT :most::int
