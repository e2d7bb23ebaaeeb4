-- Whether the trade of an invitation waits for a person: they can join it, or could if they prove the address or number that it names.
-- A token that there is not is as one of somebody else's.
SELECT EXISTS (
    SELECT FROM invitations i JOIN trades t ON t.id = i.trade_id, trades_standing(t, i, u) standing
    WHERE i.token = :token AND (standing = 'open' OR standing = 'not_for_you' AND i.kind IN ('email', 'phone'))) AS waits
FROM users u
WHERE u.id = :user_id
