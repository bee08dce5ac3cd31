"""How well people are told apart, measured on the user's own gallery."""
