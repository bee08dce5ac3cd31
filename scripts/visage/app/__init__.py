"""The look-up page and the review."""
