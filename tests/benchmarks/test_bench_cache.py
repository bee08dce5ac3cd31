"""The benchmark of the cache's start-up runs, small."""

from benchmark import run


def test_it_measures_each_number_of_known_images() -> None:
    printed = run("cache", "--shard", "50", "--images", "100", "300")
    assert [line.split()[0] for line in printed.splitlines()] == ["known", "100", "300"]
