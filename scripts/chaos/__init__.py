"""What breaks in practice, done on purpose: python -m scripts.chaos. Loopback only; runs repeat by seed."""
