"""The outbox: what people must be told goes by Telegram first, then by e-mail."""
