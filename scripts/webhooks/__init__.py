"""Payments that providers tell of, as many as there can be: python -m scripts.webhooks. See __main__."""
