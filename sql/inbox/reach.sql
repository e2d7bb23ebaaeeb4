-- Where a bot's next getUpdates starts; null when it never polled, or so long ago that Telegram may count anew (a week).
SELECT next_offset
FROM poller
WHERE bot_id = :bot_id AND at > :at::timestamptz - interval '6 days'
