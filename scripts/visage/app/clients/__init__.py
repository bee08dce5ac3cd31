"""Interfaces that programs written for the original's services speak, and for the Stash plugins."""
