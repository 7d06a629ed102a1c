"""The dashboards: a JSON API on the published database, and the built pages that show it.

Every figure is a query on the marts (or, for what they do not hold, on FOCUS); formulas come from
`marts.metrics`. Nothing here writes the database.
"""
