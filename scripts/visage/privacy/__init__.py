"""People forgotten, results deleted, both searched for what is left."""
