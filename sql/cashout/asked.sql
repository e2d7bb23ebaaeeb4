-- A cash-out was asked about, or looked at, and there is nothing new (answered: its provider says so): the next time is as far away as
-- it has been on its way, within a minute and an hour; what waits is tried again every 15 minutes, unless somebody of the staff has
-- claimed it. What a webhook said since it was asked, or somebody of the staff wants tried, has set another time, which stays: the row
-- is the only one that is read as it is after a wait for its lock.
UPDATE cashouts SET answered_at = CASE WHEN :answered::boolean THEN :at::timestamptz ELSE answered_at END,
    ask_at = :at::timestamptz + CASE state
        WHEN 'waiting' THEN interval '15 minutes'
        ELSE least(greatest(:at::timestamptz - coalesce(sending_at, created_at), interval '1 minute'), interval '1 hour') END
WHERE id = :cashout_id::bigint AND state IN ('sending', 'unknown', 'sent', 'waiting') AND ask_at <= :since::timestamptz
