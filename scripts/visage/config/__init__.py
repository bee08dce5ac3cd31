"""The keys people write: checked, with defaults, explained."""
