"""The section `stashbox`."""

from pydantic import Field

from visage.config.section import Address, File, Section


class Stashbox(Section):
    """Where `fetch_names` asks for names, aliases, pictures and merges.

    Nothing is asked unless that rule is named on the command line. The API key comes from the
    environment variable STASHBOX_API_KEY.
    """

    endpoint: Address | None = Field(
        default=None,
        description="The stash-box's GraphQL address, for instance `https://stashdb.org/graphql`.",
    )
    requests_per_minute: float = Field(
        default=120.0,
        gt=0,
        description="Requests at most; one for each id that was not asked for before.",
    )
    names: File = Field(
        default="resources/names.json",
        description="The names file that is written. Point `names` at it to use it.",
    )
