"""The tests mirror the package: a module's test is found by its name."""

from pathlib import Path

import pytest
from conftest import REPO

PACKAGE, TESTS = REPO / "scripts/visage", REPO / "tests"
MODULES = sorted(
    path.relative_to(PACKAGE).with_suffix("").as_posix()
    for path in PACKAGE.rglob("*.py")
    if path.stem != "__init__"
)
# Modules that are plainly a part of what another test tests, by that test.
PART_OF = {
    "app/test_app.py": ["cli/page"],
    "config/test_config.py": ["errors", "resources"],
    "embed/test_embed.py": ["store/sidecars"],
    "evaluation/test_evaluate.py": ["evaluation/details"],
    "export/test_xmp.py": ["export/faces", "export/selection", "images/header", "sets/notes"],
    "images/test_decode.py": ["images/frames", "images/parts", "images/pixels"],
    "models/test_model.py": ["models/deepface"],
    "models/test_registry.py": ["models/entries"],
    "people/test_applying.py": ["store/findings", "store/labelled"],
    "people/test_clusters.py": ["store/clusters"],
    "privacy/test_privacy.py": ["sets/deny"],
    "project/test_install.py": [
        *("__main__", "cli/embed", "cli/models", "cli/screen", "door"),
    ],
    "people/test_stating.py": ["cli/label"],
    "report/test_evaluation.py": ["evaluation/confusions"],
    "score/test_lists.py": ["cli/score"],
    "score/test_score_copies.py": ["store/copies"],
    "search/test_lookup.py": ["search/gallery", "types"],
    "search/test_rankings.py": ["search/faces"],
    "search/test_copies.py": ["search/neighbours"],
    "store/test_tsv.py": ["store/text"],
    "workflow/test_settings.py": ["layout", "models/fingerprint"],
}


def own_tests(module: str) -> list[Path]:
    """Give the tests that bear the name of a module, of it and its folder, or of a folder above.

    They stand in the tests' folder of the module's room; of a module without a room, anywhere.
    """
    *folders, own = module.split("/")
    names = {own, *(f"{folder}_{own}" for folder in folders), *folders}
    place = TESTS / folders[0] if folders else TESTS
    return [path for name in sorted(names) for path in place.rglob(f"test_{name}.py")]


@pytest.mark.parametrize("module", MODULES)
def test_every_module_has_a_test_of_its_name_or_is_a_part_of_one_that_has(module: str) -> None:
    own = own_tests(module)
    others = [test for test, parts in PART_OF.items() if module in parts]
    if others:
        assert not own, f"{module} has tests of its name: it needs no line in PART_OF"
        assert all((TESTS / test).is_file() for test in others), others
    else:
        assert own, f"Write tests/{Path(module).parent}/test_{Path(module).name}.py"


def test_only_modules_are_a_part_of_something() -> None:
    assert {part for parts in PART_OF.values() for part in parts} <= set(MODULES)
