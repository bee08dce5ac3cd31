"""pyproject.toml, the locks, envs/ and what the scripts import: one story, told four times."""

import ast
import importlib.util
import re
import sys
import tomllib
from functools import cache
from importlib import metadata
from pathlib import Path
from types import ModuleType

import pytest
from conftest import REPO
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

LOCKS = sorted((REPO / "envs" / "locks").glob("*.txt"))
SCRIPTS = REPO / "scripts"

# Module → what has to be installed for it only with some models.
OPTIONAL = {"tensorflow", "torch", "onnxruntime", "openvino"}
# Module that is imported inside functions → the scripts that get there; others only come near.
LAZY = {
    "annoy": {"build_index.py", "match_shard.py"},
    "cv2": {"embed_shard.py", "build_report.py", "evaluate_gallery.py"},
    "onnx": {"fetch_weights.py"},
}
# Packages that no import names, and why an environment has them all the same.
UNIMPORTED = {
    "deepface": "imported by name, with importlib",
    "pi-heif": "imported by name, with importlib",
    "rawpy": "named in visage.formats, imported with importlib",
    "pip": "run as a program, to take files out of packages",
    "werkzeug": "DeepFace imports it without declaring it",
    "mtcnn": "DeepFace imports it for the detector of that name",
    "tf-keras": "TensorFlow's Keras of the time of DeepFace's models",
    "onnxruntime-gpu": "onnxruntime's other package",
}


def load_lock() -> ModuleType:
    spec = importlib.util.spec_from_file_location("lock", REPO / "envs" / "lock.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


LOCK = load_lock()


def bare(requirement: str) -> str:
    return canonicalize_name(requirement.split("[")[0])


def pins(path: Path) -> set[str]:
    """Give a lock's requirement lines without their hashes."""
    lines = path.read_text().splitlines()
    return {line.rstrip(" \\") for line in lines if line[:1].isalnum()}


# --- the locks and the files made from them ------------------------------------------------------


def test_a_lock_is_part_of_the_full_one() -> None:
    for name in {*LOCK.LOCKS, "build"} - {"test"}:
        locks = [REPO / "envs" / "locks" / f"{one}.txt" for one in (name, "test")]
        # Not the markers: the same version may be asked for by more packages, on more platforms.
        part, full = ({pin.split(" ;")[0] for pin in pins(lock)} for lock in locks)
        assert part
        assert part <= full


def test_make_installs_locks_alone_and_the_builders_first() -> None:
    recipe = re.search(r"define install\n(.*?)endef", (REPO / "Makefile").read_text(), re.S)
    assert recipe
    first, second, this = re.findall(r"\$\(PIP\) (.*)", recipe[1])
    assert first == "--require-hashes -r envs/locks/build.txt"
    assert {"--require-hashes", "--no-deps", "--no-build-isolation"} <= set(second.split())
    assert {"--no-deps", "--no-build-isolation", "--editable"} <= set(this.split())


@pytest.mark.parametrize("lock", LOCKS, ids=lambda path: path.stem)
def test_a_lock_pins_by_hash_and_names_no_address(lock: Path) -> None:
    text = lock.read_text()
    assert "://" not in text
    assert "index-url" not in text
    options = LOCK.HEADER if "cuda" not in lock.name else ""
    assert text.startswith(options), "nothing is built but what comes as source only"
    blocks = re.split(r"\n(?=\S)", text.removeprefix(options).strip())
    assert len(blocks) == len(pins(lock))
    for block in blocks:
        assert "==" in block.splitlines()[0]
        assert "--hash=sha256:" in block, block


def test_what_pyproject_asks_for_is_locked() -> None:
    project = tomllib.loads((REPO / "pyproject.toml").read_text())["project"]
    extras = project["optional-dependencies"]
    asked = {
        "scores": project["dependencies"],
        "test": project["dependencies"] + [line for name in LOCK.EXTRAS for line in extras[name]],
    }
    assert set(LOCK.EXTRAS) == set(extras)
    for name, requirements in asked.items():
        locked = LOCK.locked_versions((REPO / "envs" / "locks" / f"{name}.txt").read_text())
        for requirement in map(Requirement, requirements):
            version = locked.get(canonicalize_name(requirement.name))
            assert version, f"{requirement.name} is not in {name}.txt: run make lock"
            assert requirement.specifier.contains(version), f"{requirement}: run make lock"


@pytest.mark.parametrize("name", LOCK.ENVIRONMENTS)
def test_an_environment_is_what_the_lock_says(name: str) -> None:
    written = (REPO / "envs" / f"{name}.yaml").read_text()
    assert written == LOCK.environment(name), "run make lock"
    assert "://" not in written


def test_there_is_no_environment_besides() -> None:
    found = {path.stem for path in (REPO / "envs").glob("*.yaml")}
    assert found == set(LOCK.ENVIRONMENTS)


# --- the scripts and their environments ----------------------------------------------------------


def rules() -> dict[str, tuple[Path, list[str]]]:
    """Give for each rule its script and the environments that it may run in."""
    found = {}
    for path in (REPO / "rules").glob("*.smk"):
        for body in re.split(r"\n\s*(?=(?:rule|checkpoint) \w+:)", path.read_text())[1:]:
            name = re.match(r"\w+ (\w+):", body)
            script = re.search(r'script:\s*"\.\./scripts/(\w+\.py)"', body)
            if not name or not script:
                continue
            environment = re.search(r'conda:\s*"\.\./envs/([\w-]+)\.yaml"', body)
            if environment:
                environments = [environment[1]]
            else:
                assert "PLAN.embed_environment" in body, f"{name[1]} has no environment"
                environments = [name for name in LOCK.ENVIRONMENTS if name.startswith("embed")]
            found[name[1]] = (SCRIPTS / script[1], environments)
    return found


RULES = rules()


@cache
def imports(path: Path) -> frozenset[str]:
    """Give the modules that a file imports, itself or through the project's own modules."""
    found: set[str] = set()
    files = [path]
    for file in files:
        named = imported_by(file)
        found |= {name.split(".")[0] for name in named}
        own = {file for file in map(own_file, named) if file and file not in files}
        files += sorted(own)
    return frozenset(found - {"visage"} - set(sys.stdlib_module_names))


@cache
def imported_by(path: Path) -> frozenset[str]:
    """Give the full names of what a file imports, modules and what is in them alike."""
    found: set[str] = set()
    for node in at_run_time(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return frozenset(found)


def at_run_time(tree: ast.AST) -> list[ast.AST]:
    """Give all nodes but those under `if TYPE_CHECKING:`."""
    nodes = [tree]
    for node in nodes:
        if not (isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"):
            nodes += ast.iter_child_nodes(node)
    return nodes


def own_file(name: str) -> Path | None:
    if not name.startswith("visage."):
        return None
    path = SCRIPTS / name.replace(".", "/")
    for candidate in (path.with_suffix(".py"), path / "__init__.py"):
        if candidate.exists():
            return candidate
    return None


@cache
def closure(package: str) -> frozenset[str]:
    """Give a package with all it depends on, as installed here."""
    found = {package}
    waiting = [package]
    while waiting:
        for line in metadata.requires(waiting.pop()) or ():
            requirement = Requirement(line)
            name = canonicalize_name(requirement.name)
            wanted = requirement.marker is None or requirement.marker.evaluate({"extra": ""})
            if wanted and name not in found:
                found.add(name)
                waiting.append(name)
    return frozenset(found)


@cache
def providers() -> dict[str, list[str]]:
    listed = metadata.packages_distributions()
    return {module: [canonicalize_name(name) for name in names] for module, names in listed.items()}


@pytest.mark.parametrize("rule", RULES)
def test_a_script_imports_only_what_its_environment_has(rule: str) -> None:
    script, environments = RULES[rule]
    for environment in environments:
        # The packages for GPUs are not installed here; they depend on nothing of interest.
        asked = {bare(package) for package in LOCK.ENVIRONMENTS[environment]} - {"onnxruntime-gpu"}
        installed = frozenset().union(*(closure(package) for package in asked))
        lacking = {
            module
            for module in imports(script) - OPTIONAL
            if not installed & set(providers().get(module, ()))
            and script.name in LAZY.get(module, {script.name})
        }
        assert not lacking, f"envs/{environment}.yaml lacks {lacking} for {script.name}"


@pytest.mark.parametrize("environment", LOCK.ENVIRONMENTS)
def test_an_environment_has_nothing_that_no_script_imports(environment: str) -> None:
    scripts = [script for script, names in RULES.values() if environment in names]
    assert scripts, f"no rule runs in {environment}"
    used = frozenset().union(*(imports(script) for script in scripts))
    needed = {name for module in used for name in providers().get(module, [module])}
    asked = {bare(package) for package in LOCK.ENVIRONMENTS[environment]}
    assert asked <= needed | set(UNIMPORTED)


def test_only_embedding_has_model_libraries() -> None:
    heavy = {"deepface", "tensorflow", "onnxruntime", "openvino"}
    for name, packages in LOCK.ENVIRONMENTS.items():
        assert name.startswith("embed") or not heavy & {bare(package) for package in packages}
