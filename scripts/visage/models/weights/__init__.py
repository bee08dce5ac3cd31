"""Weight files: fetched, unpacked, checked."""
