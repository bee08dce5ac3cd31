"""Detectors and recognisers: registry, fingerprint, loading."""
