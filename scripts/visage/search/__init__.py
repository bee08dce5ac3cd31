"""The gallery in memory, and who of it is nearest to a face."""
