"""The look-up page: who is in a photograph that somebody shows it."""
