"""How fast LockBay is, in one table: see __main__."""
