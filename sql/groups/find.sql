-- A group with the bot in it, by what stands in its links. Only for whoever asks Telegram next whether the reader runs it.
SELECT chat_id, slug, title, topics FROM groups WHERE slug = :slug AND left_at IS NULL
