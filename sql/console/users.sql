-- A page of people, by number from the highest, for the staff; no row for anybody else. `q` is nothing, a @username, Telegram's number,
-- a proven e-mail address or phone number, the word in a referral link, or a trade's code (both its sides). `before` 0 begins.
WITH bound AS (
    SELECT CASE :before::bigint WHEN 0 THEN 9223372036854775807 ELSE :before::bigint END AS id
), found AS (
    (SELECT id FROM users WHERE :q::text = '' AND id < (SELECT id FROM bound) ORDER BY id DESC LIMIT 26)
    UNION (SELECT id FROM users WHERE lower(username) = lower(ltrim(:q::text, '@')))
    UNION (SELECT id FROM users WHERE id = CASE WHEN :q::text ~ '^[0-9]{1,18}$' THEN :q::text::bigint END)
    UNION (SELECT id FROM users WHERE lower(email) = lower(:q::text) AND email_verified_at IS NOT NULL)
    UNION (SELECT id FROM users WHERE phone = :q::text)
    UNION (SELECT id FROM users WHERE slug = lower(:q::text))
    UNION (SELECT user_id FROM extra_contacts WHERE kind = 'email' AND lower(value) = lower(:q::text) AND verified_at IS NOT NULL)
    UNION (SELECT unnest(ARRAY[buyer_id, seller_id]) FROM trades WHERE slug IN (upper(:q::text), 'T-' || upper(:q::text)))
), page AS MATERIALIZED (
    SELECT id, row_number() OVER (ORDER BY id DESC) AS place FROM found
    WHERE id < (SELECT id FROM bound) ORDER BY id DESC LIMIT 26
)
SELECT
    coalesce((
        SELECT jsonb_agg(jsonb_build_object(
            'id', u.id, 'name', users_name(u.id), 'first_name', u.first_name, 'since', u.created_at, 'onboarded', u.onboarded_at IS NOT NULL,
            'has_email', u.email_verified_at IS NOT NULL, 'has_phone', u.phone IS NOT NULL, 'blocked', u.blocked_at IS NOT NULL,
            'role', (SELECT s.role FROM staff s WHERE s.user_id = u.id)) ORDER BY u.id DESC)
        FROM page JOIN users u USING (id) WHERE place <= 25), '[]') AS people,
    (SELECT id FROM page WHERE place = 25 AND EXISTS (SELECT FROM page WHERE place = 26)) AS next
FROM staff
WHERE staff.user_id = :user_id
