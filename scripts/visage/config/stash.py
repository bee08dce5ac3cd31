"""The section `stash`."""

from pydantic import Field

from visage.config.section import Address, File, Folder, OwnFolder, Section


class Stash(Section):
    """One's own Stash, which `fetch_gallery`, `export_stash` and `revert_stash` speak to.

    Nothing is asked unless one of these rules is named on the command line. The API key, where
    there is one, comes from the environment variable STASH_API_KEY.
    """

    endpoint: Address | None = Field(
        default=None,
        description="The GraphQL address of Stash, for instance `http://localhost:9999/graphql`.",
    )
    requests_per_minute: float = Field(default=600.0, gt=0, description="Requests at most.")
    gallery: OwnFolder = Field(
        default="resources/stash/gallery",
        description="The folder into which `fetch_gallery` puts performers' pictures. Point "
        "`gallery` at it to use them.",
    )
    names: File = Field(
        default="resources/stash/names.json",
        description="The names file that `fetch_gallery` writes. Point `names` at it.",
    )
    queries: Folder | None = Field(
        default=None,
        description="The folder of `queries` as Stash sees it, where that is another path (Stash "
        "in a container, or on another machine).",
    )
