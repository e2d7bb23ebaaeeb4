"""Everything that speaks with Telegram: what comes in (poller), what goes out (courier), and the client under both."""
