"""Take a gallery from one's own Stash."""

import os
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from visage.config import Stash as Settings
from visage.notices import notify
from visage.sets.deny import read_deny
from visage.stashbox.gallery import client, fetch_gallery
from visage.stashbox.stash import KEY, Stash
from visage.workflow.job import logged

if TYPE_CHECKING:
    from visage.workflow.job import snakemake

with logged(snakemake.log[0]), client() as http:
    settings = Settings.model_validate(snakemake.params.stash)
    counts = fetch_gallery(
        Stash(
            settings.endpoint,
            os.environ.get(KEY),
            settings.requests_per_minute,
            http,
            "fetch_gallery",
        ),
        Path(settings.gallery),
        Path(settings.names),
        read_deny(snakemake.params.deny),
        urlsplit(snakemake.params.box or "").hostname,
    )
    told = ", ".join(f"{count} {what}" for what, count in sorted(counts.items()))
    notify(
        f"{settings.gallery}: {told}. Use it with: --config gallery={settings.gallery} "
        f"names={settings.names}"
    )
