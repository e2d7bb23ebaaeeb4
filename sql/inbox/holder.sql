-- Who serves this bot, or did last.
SELECT holder FROM poller WHERE bot_id = :bot_id
