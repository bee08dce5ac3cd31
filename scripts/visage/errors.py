"""The one error that is meant for the user's eyes."""


class VisageError(Exception):
    """Something the user can mend; the message names the file or key, the cause and the remedy."""
