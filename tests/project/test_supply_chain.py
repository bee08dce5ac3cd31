"""Nothing runs code that came as data, and nothing comes in unchecked. docs/supply-chain.md"""

import ast
import re
from pathlib import Path

import pytest
import yaml
from conftest import REPO
from visage.models.registry import _UniqueKeys

FOLDERS = ("scripts", "app", "benchmarks", "envs")
SOURCES = sorted(path for folder in FOLDERS for path in (REPO / folder).rglob("*.py"))
RULES = sorted([REPO / "Snakefile", *(REPO / "rules").glob("*.smk")])

# Modules that turn bytes into objects of any kind, or text into code.
UNSAFE_MODULES = {"pickle", "marshal", "shelve", "dill", "cloudpickle", "joblib", "code", "imp"}
# By the last part of their name, whatever they are called on.
UNSAFE_METHODS = {"read_pickle", "to_pickle", "unsafe_load", "full_load"}
UNSAFE_FUNCTIONS = {"eval", "exec", "compile", "torch.load", "pd.eval", "os.system", "os.popen"}
LOADERS = {"_UniqueKeys", "yaml.BaseLoader"}  # the second makes texts only


def name_of(call: ast.Call) -> str:
    return ast.unparse(call.func)


def calls(tree: ast.AST) -> list[ast.Call]:
    return [node for node in ast.walk(tree) if isinstance(node, ast.Call)]


def keywords(call: ast.Call) -> dict[str | None, str]:
    return {keyword.arg: ast.unparse(keyword.value) for keyword in call.keywords}


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(REPO)))
def test_no_data_is_run_as_code(path: Path) -> None:
    tree = ast.parse(path.read_text())
    for node in ast.walk(tree):
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
        assert not UNSAFE_MODULES & {name.split(".")[0] for name in names}, ast.unparse(node)
    for call in calls(tree):
        name, given = name_of(call), keywords(call)
        short = name.split(".")[-1]
        assert short not in UNSAFE_METHODS, name
        assert name not in UNSAFE_FUNCTIONS, name
        assert given.get("allow_pickle", "False") == "False", name
        assert given.get("shell", "False") == "False", name
        assert given.get("weights_only", "True") == "True", name
        if name == "yaml.load":
            assert given["Loader"] in LOADERS, "a loader that makes plain values only"
        if short in {"extractall", "unpack_archive"}:
            pytest.fail(f"{name}: a member's name may lead out of the folder; read members")


def test_the_loader_of_model_lists_makes_plain_values_only() -> None:
    assert issubclass(_UniqueKeys, yaml.SafeLoader)
    with pytest.raises(yaml.YAMLError):
        yaml.load("!!python/object/apply:os.getcwd []", Loader=_UniqueKeys)


@pytest.mark.parametrize("path", RULES, ids=lambda path: path.name)
def test_the_rules_read_no_pickles(path: Path) -> None:
    assert not re.search(r"\b(pickle|joblib|marshal|eval\(|exec\()", path.read_text())


def test_weights_are_parsed_after_their_checksum() -> None:
    seen = 0
    for path in SOURCES:
        if "benchmarks" in path.parts:
            continue
        tree = ast.parse(path.read_text())
        for function in ast.walk(tree):
            if not isinstance(function, ast.FunctionDef):
                continue
            order = {name_of(call).split(".")[-1]: call.lineno for call in calls(function)}
            if "load_model" in order:
                seen += 1
                checks = [line for name, line in order.items() if "verify" in name]
                assert checks, f"{path.name}: {function.name} loads a model unchecked"
                assert min(checks) < order["load_model"]
                assert "verify_model" in path.read_text()
    assert seen >= 1


def test_weights_come_over_https_with_a_checksum() -> None:
    files = yaml.safe_load((REPO / "config" / "models.yaml").read_text())["files"]
    for name, file in files.items():
        assert re.fullmatch("[0-9a-f]{64}", file["sha256"]), name
        for source in file.get("sources", ()):
            assert source.get("url", "https://").startswith("https://"), name
            assert "wheel" not in source or re.fullmatch("[0-9a-f]{64}", source["sha256"]), name


def test_actions_are_pinned_by_commit() -> None:
    for path in (REPO / ".github" / "workflows").glob("*.yml"):
        text = path.read_text()
        jobs = yaml.safe_load(text)
        assert jobs["permissions"] == {"contents": "read"}
        lines = [line for line in text.splitlines() if "uses:" in line]
        assert lines
        for line in lines:
            assert re.search(r"uses: [\w.-]+/[\w.-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$", line), line
