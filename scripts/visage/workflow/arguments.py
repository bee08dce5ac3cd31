"""What stood on Snakemake's command line, where Snakemake makes something else of it.

The Snakefile imports this module, so it needs the standard library only.
"""

import re
from collections.abc import Sequence

from visage.errors import VisageError

_FILES = re.compile(r"--configfiles?(=|$)")


def check_files(arguments: Sequence[str]) -> None:
    """Refuse several `--configfile`, of which Snakemake keeps the last without a word.

    Raises:
        VisageError: There are several.
    """
    if sum(bool(_FILES.match(word)) for word in arguments) > 1:
        raise VisageError(
            "--configfile is given more than once, and Snakemake would keep only the last. Give "
            "all files after one: --configfile first.yaml second.yaml"
        )
