import json

import yaml
from visage.config import load
from visage.workflow.command import changes


def test_the_command_repeats_the_run_whatever_made_it() -> None:
    assert changes(load({})) == []
    config = load(
        {
            "gallery": "my people/{x}",
            "names": None,
            "links": "https://example.org/{id}",
            "match": {"threshold": 1.0, "ranking": "nearest"},
        }
    )
    first, *pairs = changes(config)
    assert first == "--config"
    # Snakemake splits at the first "=" and reads the rest as YAML.
    given = {key: yaml.safe_load(value) for key, value in (w.split("=", 1) for w in pairs)}
    assert load(given) == config
    assert json.loads(pairs[-1].split("=", 1)[1]) == {"threshold": 1.0, "ranking": "nearest"}
