"""Coverage-guided fuzzing of every reader of foreign files, with atheris.

pip install atheris==3.0.0        (Linux, Python 3.11 to 3.13; not among the tests' packages)
python tests/faults/fuzz.py vector -max_total_time=60
Readers: vector, names, regions, config, deny, models, table, image, parts, sheet, cache, labels,
xmp, picasa, contacts.

A reader may give a value or its own error; anything else that comes out is a bug. What libFuzzer
finds is written as crash-… into the working folder.
"""

import io
import json
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import atheris

HERE = Path(__file__).parent

with atheris.instrument_imports(include=["visage"]):
    from visage.config import load
    from visage.embed.cache import Cache
    from visage.embed.hashes import Hashes
    from visage.errors import VisageError
    from visage.images.decode import ImageProblem, count_pages, decode, size_of
    from visage.images.parts import page, tile
    from visage.models.registry import load_registry
    from visage.people.importing import importers_of
    from visage.people.importing.base import Fault, Picture
    from visage.people.labels import Say, read_labels
    from visage.sets.deny import read_deny
    from visage.sets.listing import Entry, Stat
    from visage.sets.regions import read_regions
    from visage.sets.sheets import frames_of, scene_of
    from visage.store.names import link, read_names
    from visage.store.parts import named, order_of, split
    from visage.store.tables import read_origin, read_table
    from visage.store.vectors import VectorProblem, read_vector

import pyarrow as pa  # noqa: E402
import pyarrow.parquet as pq  # noqa: E402
import yaml  # noqa: E402
from hostile import evil, good  # noqa: E402

REPO = HERE.parents[1]
INI = b"[a.jpg]\nfaces=rect64(3f845bcb59418507),8e62398ebda8c1a5\n"
XMP = """<x:xmpmeta xmlns:x="adobe:ns:meta/">
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description
 xmlns:mwg-rs="http://www.metadataworkinggroup.com/schemas/regions/"
 xmlns:stArea="http://ns.adobe.com/xmp/sType/Area#"
 xmlns:stDim="http://ns.adobe.com/xap/1.0/sType/Dimensions#"
 xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/">
<Iptc4xmpExt:PersonInImage><rdf:Bag><rdf:li>Bob</rdf:li></rdf:Bag></Iptc4xmpExt:PersonInImage>
<mwg-rs:Regions rdf:parseType="Resource">
<mwg-rs:AppliedToDimensions stDim:w="64" stDim:h="48" stDim:unit="pixel"/><mwg-rs:RegionList>
<rdf:Bag><rdf:li><rdf:Description mwg-rs:Name="Ann" mwg-rs:Type="Face">
<mwg-rs:Area stArea:x="0.5" stArea:y="0.4" stArea:w="0.2" stArea:h="0.3" stArea:unit="normalized"/>
</rdf:Description></rdf:li></rdf:Bag></mwg-rs:RegionList></mwg-rs:Regions>
</rdf:Description></rdf:RDF></x:xmpmeta>"""
FILE = Path(tempfile.mkdtemp(prefix="visage-fuzz-")) / "input"


def _written(data: bytes) -> Path:
    FILE.write_bytes(data)
    return FILE


def vector(data: bytes) -> None:
    """`.vector` files."""
    with suppress(VectorProblem):
        assert read_vector(_written(data), 4).shape == (4,)


def names(data: bytes) -> None:
    """The names file."""
    with suppress(VisageError):
        people = read_names(_written(data))
        for person in people:
            assert isinstance(link("https://example.org/{id}", person, people), str)


def regions(data: bytes) -> None:
    """The TSV of regions."""
    with suppress(VisageError):
        read_regions(_written(data))


def config(data: bytes) -> None:
    """The config, as YAML or JSON."""
    with suppress(yaml.YAMLError, UnicodeDecodeError, RecursionError, ValueError):
        value = yaml.load(data.decode(), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
        if isinstance(value, dict):  # Snakemake takes nothing else
            _load(value)


def _load(value: dict) -> None:
    try:
        load(value)
    except VisageError:
        return
    except ValueError as error:
        raise AssertionError(value) from error


def deny(data: bytes) -> None:
    """The deny list."""
    with suppress(VisageError):
        found = read_deny(str(_written(data)))
        found.leaves_out("gallery", Entry("a/b.jpg", Stat(1, 1)))
        found.images()


def models(data: bytes) -> None:
    """The registry of models."""
    with suppress(VisageError):
        load_registry(_written(data))


def table(data: bytes) -> None:
    """Tables."""
    path = _written(data)
    with suppress(VisageError):
        read_table(path).to_pylist()
    with suppress(VisageError):
        read_origin(path)


def image(data: bytes) -> None:
    """Images."""
    if data[:2] == b"BM" and len(data) < 100:
        return  # a header alone may ask for 600 MB: allowed, but slow here
    with suppress(ImageProblem):
        pixels = decode(data).pixels
        assert pixels.ndim == 3
        assert pixels.dtype == "uint8"


def parts(data: bytes) -> None:
    """Pages of a TIFF, tiles of a sheet, sizes."""
    if data[:2] == b"BM" and len(data) < 100:
        return
    width, height = size_of(data)
    assert width >= 0
    assert height >= 0
    for part in (page(count_pages(data)), tile((1, 2, 30, 40))):
        with suppress(ImageProblem):
            assert decode(data, part=part).pixels.size


def sheet(data: bytes) -> None:
    """WebVTT files, and the names of parts."""
    text = data.decode(errors="replace")
    for frame in frames_of(text, "a.jpg"):
        assert split(named("a.jpg", frame.part)) == ("a.jpg", frame.part)
        frame.area((320, 180))
    order_of(f"{text}a.jpg")
    scene_of(f"{text}a.jpg")


def cache(data: bytes) -> None:
    """Segments of the cache and the hashes of files: what is damaged is not used."""
    path = FILE.parent / "cache" / "0.parquet"
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(data)
    Cache(path.parent).find({"a" * 64})
    Hashes(path).find("a", Stat(1, 1))


def labels(data: bytes) -> None:
    """The labels file."""
    with suppress(VisageError):
        found = read_labels(_written(data))
        assert all(one.person or one.say == Say.IGNORE for one in found.statements)


def _imported(kind: str, name: str, data: bytes) -> None:
    """Read what a program says of a picture in a file beside it."""
    folder = FILE.parent / kind
    folder.mkdir(exist_ok=True)
    (folder / name).write_bytes(data)
    if not (folder / "a.jpg").exists():
        (folder / "a.jpg").write_bytes(good()["plain.jpg"])
    (importer,) = importers_of([kind], folder)
    for one in importer.read(Picture(folder, "a.jpg", 64, 48)):
        assert isinstance(one, Fault) or one.name


def xmp(data: bytes) -> None:
    """XMP beside a photograph."""
    _imported("xmp", "a.jpg.xmp", data)


def picasa(data: bytes) -> None:
    """Picasa's faces."""
    _imported("picasa", ".picasa.ini", data)


def contacts(data: bytes) -> None:
    """Picasa's contacts."""
    (FILE.parent / "picasa").mkdir(exist_ok=True)
    (FILE.parent / "picasa" / ".picasa.ini").write_bytes(INI)
    _imported("picasa", "contacts.xml", data)


READERS: dict[str, Callable[[bytes], None]] = {
    reader.__name__: reader
    for reader in (
        *(vector, names, regions, config, deny, models, table, image, parts, sheet, cache),
        *(labels, xmp, picasa, contacts),
    )
}


def seeds(name: str) -> Iterator[bytes]:
    """Give inputs to start from."""
    if name == "vector":
        yield from (b"[0.1, -2, 3e-9, 4]", b"[1,2]", b"[NaN, 1, 2, 3]", b"[true, null, [], {}]")
    elif name == "names":
        yield b'{"a": "A", "stashdb.org:b": {"name": "B", "country": "FR", "image_url": "x"}}'
        yield b'{"c": {"name": null, "aliases": ["C"], "endpoint": "https://stashdb.org/graphql"}}'
    elif name == "regions":
        yield b"image\tx\ty\tw\th\na/b.jpg\t1\t2\t3.5\t4e1\n"
    elif name in ("config", "models"):
        yield (REPO / "config" / {"config": "config.yaml"}.get(name, "models.yaml")).read_bytes()
        yield b"match: {threshold: 1.5, results: '7'}\nfaces: null\nretain_until: 2030-01-01\n"
    elif name == "deny":
        yield b"kind\tvalue\tsince\nsalt\tabc\t\nperson\thmac-sha256:00\t2026-01-01\n"
        yield b"image\tqueries/a\ncontent\tff\n"
    elif name == "sheet":
        yield b"WEBVTT\n\n00:00:01.500 --> 00:00:02.000\na.jpg#xywh=0,0,160,90\n"
    elif name == "labels":
        yield b"sha256\timage\tx\ty\tw\th\tperson\tsay\tsource\tdate\n"
        yield b"image\tx\ty\tw\th\tperson\tsay\na.jpg\t1\t2\t3\t4\tann\tis\na.jpg\t\t\t\t\tb\tnot\n"
    elif name == "xmp":
        yield XMP.encode()
    elif name == "picasa":
        yield INI + b"[Contacts2]\n8e62398ebda8c1a5=Ann;;\n"
    elif name == "contacts":
        yield b'<contacts><contact id="8e62398ebda8c1a5" name="Ann" display="A"/></contacts>'
    elif name in ("image", "parts"):
        yield from (data for data in (good() | evil()).values() if len(data) < 30_000)
    else:
        rows = [{"sha256": "a" * 64, "image": "a", "size": 1, "mtime": 1, "sha": "b", "v": [1.0]}]
        buffer = io.BytesIO()
        found = pa.Table.from_pylist(rows)
        found = found.replace_schema_metadata({"model": "m", "fingerprint": "f"})
        pq.write_table(found, buffer)
        yield buffer.getvalue()


def main() -> None:
    """Fuzz the reader that the command line names."""
    name, *options = sys.argv[1:] or [""]
    if name not in READERS:
        sys.exit(f"{__doc__}\nNo reader {json.dumps(name)}.")
    corpus = FILE.parent / "corpus"
    corpus.mkdir()
    for number, data in enumerate(seeds(name)):
        (corpus / str(number)).write_bytes(data)
    atheris.Setup([sys.argv[0], str(corpus), "-rss_limit_mb=4096", *options], READERS[name])
    atheris.Fuzz()


main()
