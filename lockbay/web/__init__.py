"""The web server: webhooks of payment providers, health, metrics, public profiles, and the staff's console."""
