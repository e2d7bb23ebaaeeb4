"""What LockBay does, one package for each thing that people do.

In each the same names: `records` is what the database is asked and answers, `screens` what people see (pure),
`conversations` the flows. What several areas need stands beside them.
"""
