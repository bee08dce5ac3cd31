"""The look-up page, and the interfaces that programs written for the original's services speak."""
