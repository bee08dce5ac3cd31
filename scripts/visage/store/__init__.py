"""How things are on disk: tables, sidecars, vectors, TSV, names, whole-file writes."""
