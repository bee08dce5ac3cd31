"""People scored over groups; what became of every image."""
