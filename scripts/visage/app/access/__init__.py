"""Who may come, how often, and what every answer says to browsers."""

from visage.app.access.address import Address
from visage.app.access.guard import Guard
from visage.app.access.rate import Rate

__all__ = ["Address", "Guard", "Rate"]
