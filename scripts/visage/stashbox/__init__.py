"""Names from a stash-box."""
