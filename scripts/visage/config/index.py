"""The section `index`."""

from pydantic import Field

from visage.config.section import Folder, Section


class Index(Section):
    """How the gallery's embeddings are stored for the search."""

    normalize: bool = Field(
        default=True,
        description="Scale every embedding to length 1, so that distances lie between 0 and 2. The "
        "original program compared them as they are, which tells people apart less well.",
    )
    trees: int = Field(
        default=100,
        ge=1,
        le=1000,
        description="Number of Annoy's trees in `face.db`; more are more exact, larger and slower.",
    )
    seed: int = Field(
        default=42,
        ge=0,
        le=2**31 - 1,
        description="Seed of Annoy's random numbers; with `jobs: 1` the same seed gives the same "
        "bytes.",
    )
    jobs: int = Field(
        default=1,
        ge=1,
        le=256,
        description="Threads that build `face.db`. More have it done sooner; its bytes, and with "
        "`search: annoy` a few neighbours, then differ from run to run.",
    )
    existing: Folder | None = Field(
        default=None,
        description="Folder with the `face.db` and `face.json` of the original program: they are "
        "the gallery as they are, and `gallery` is not read. They must come from `model`.",
    )
