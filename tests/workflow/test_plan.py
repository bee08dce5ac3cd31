import json
import shlex

import yaml
from visage.config import load
from visage.workflow.plan import command


def test_the_command_repeats_the_run_whatever_made_it() -> None:
    assert command(load({})) == "snakemake --cores 8"
    config = load(
        {
            "gallery": "my people/{x}",
            "names": None,
            "links": "https://example.org/{id}",
            "match": {"threshold": 1.0, "ranking": "nearest"},
        }
    )
    words = shlex.split(command(config))
    assert words[:4] == ["snakemake", "--cores", "8", "--config"]
    # Snakemake splits at the first "=" and reads the rest as YAML.
    given = {key: yaml.safe_load(value) for key, value in (w.split("=", 1) for w in words[4:])}
    assert load(given) == config
    assert json.loads(words[-1].split("=", 1)[1]) == {"threshold": 1.0, "ranking": "nearest"}
