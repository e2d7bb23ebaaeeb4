"""The HTTP server: webhooks of payment providers, health, metrics."""
