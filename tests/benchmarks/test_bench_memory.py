"""benchmarks/memory.py: its main once, at its smallest size."""

from benchmark import run


def test_what_decoding_takes_is_listed() -> None:
    printed = run("memory", "--megapixels", "1", "--only", "BMP")
    head, _, *pictures = printed.splitlines()
    assert head == "| picture | bytes a pixel | allowed for | megapixels that are read |"
    assert pictures and pictures[0].startswith("| BMP")


def test_what_a_whole_job_takes_is_listed_beside_what_it_asks_for() -> None:
    printed = run("memory", "--job", "1", "--megapixels", "0.1", "--only", "BMP")
    head, _, row = printed.splitlines()
    assert head == "| picture | megapixels | MB of the job | asked for |"
    _, name, _, taken, asked, _ = (cell.strip() for cell in row.split("|"))
    assert name == "BMP RGB"
    assert 0 < int(taken) < int(asked) == 4000
