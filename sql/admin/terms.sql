-- The terms that an owner can change: what holds, what the settings say, between what it must lie, who changed it last.
-- No row for anybody else.
SELECT
    terms_listed() AS terms,
    terms_fees() AS fees
FROM staff
WHERE staff.user_id = :user_id AND staff.role = 'owner'
