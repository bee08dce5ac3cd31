"""What all parts of the page share: the search, the photographs, the ways between the pages."""

from dataclasses import dataclass
from typing import Any

from visage.app.access import Address
from visage.app.collection import Collection
from visage.app.service import Service


@dataclass(frozen=True)
class Site:
    """Everything that is served, and from where."""

    service: Service
    collection: Collection
    address: Address

    def ways(self) -> list[dict[str, Any]]:
        """Give the pages that there are: name and relative address."""
        ways = [{"name": "Look up", "href": "./"}, {"name": "Review", "href": "review"}]
        if self.collection.results.report.exists():
            ways.append({"name": "Report", "href": "report"})
        return [*ways, {"name": "For programs", "href": "docs"}]
