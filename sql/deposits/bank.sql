-- How little and how much a bank transfer to the wallet may be.
SELECT smallest_bank_deposit AS least, largest_bank_deposit AS most
FROM terms, users u
WHERE u.id = :user_id
