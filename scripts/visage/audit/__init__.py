"""What looks wrong in a gallery."""
