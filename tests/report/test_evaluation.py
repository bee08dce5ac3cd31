"""The page of the evaluation."""

from pathlib import Path

import pyarrow as pa
from made_up_gallery import evaluated, known_gallery
from visage.evaluation.confusions import false_alarms, misses
from visage.report.evaluation import write_page


def test_the_page_is_whole_and_the_same_every_time(tmp_path: Path) -> None:
    table = known_gallery()
    persons = table["person"].to_pylist()
    persons = ["<script>alert(1)</script>" if person == "p03" else person for person in persons]
    table = table.set_column(1, "person", pa.array(persons))
    result, found = evaluated(tmp_path, table)
    pages = []
    for name in ("one.html", "two.html"):
        write_page(tmp_path / name, result, tmp_path)
        pages.append((tmp_path / name).read_bytes())
    assert pages[0] == pages[1]
    page = pages[0].decode()
    assert page.count("<svg") == 4
    assert page.count("<script") == 1  # of our own, for light and dark
    assert "cannot be read" in page  # the photographs do not exist
    assert "http" not in page.replace("http://www.w3.org/", "").replace("http-equiv", "")
    alarms, missed = false_alarms(found), misses(found)
    assert [a.distance for a in alarms] == sorted(a.distance for a in alarms)
    assert [m.distance for m in missed] == sorted((m.distance for m in missed), reverse=True)
    assert all(a.person != a.other for a in alarms)
    assert all(m.person == m.other and m.image != m.other_image for m in missed)
