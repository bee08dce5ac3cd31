"""How people are ordered for a face."""
