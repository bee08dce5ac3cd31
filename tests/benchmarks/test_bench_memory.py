"""benchmarks/memory.py: its main once, at its smallest size."""

from benchmark import run


def test_what_decoding_takes_is_listed() -> None:
    printed = run("memory", "--megapixels", "1", "--only", "BMP")
    head, _, *pictures = printed.splitlines()
    assert head == "| picture | bytes a pixel | allowed for | megapixels that are read |"
    assert pictures and pictures[0].startswith("| BMP")
