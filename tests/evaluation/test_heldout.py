"""The promised rate, on people who had no part in it."""

from pathlib import Path

import numpy as np
import pytest
from made_up_gallery import evaluated, gallery_table, people
from visage.evaluation import protocol
from visage.search.exact import ExactSearch
from visage.search.faces import Faces
from visage.search.rankings import RANKINGS


def test_the_promised_rate_is_checked_on_people_held_out(tmp_path: Path) -> None:
    rng = np.random.default_rng(5)
    persons = [f"{code:03}" for code in np.repeat(np.arange(200), 3)]
    table = gallery_table(people(rng, 200, 3, 0.12), persons)
    result, found = evaluated(tmp_path, table, fpir=0.05)
    sizes = {(size.people, size.fpir): size for size in result.held_out}
    assert {people for people, _ in sizes} == {20, 60, 180}
    # By hand, for one part: every fortieth person, searched for by all others.
    trials, codes = found.trials, found.faces.codes
    inside = codes % protocol.PARTS == 4
    vectors = found.faces.vectors
    part = RANKINGS["mean"](
        Faces.of(vectors[inside], [persons[r] for r in np.flatnonzero(inside)], True)
    )
    answer = part.candidates(vectors[~inside], ExactSearch(part.faces, 1), 1)
    np.testing.assert_allclose(answer.distance, trials.parts[~inside, 4], atol=1e-3)
    own = protocol.search(part, np.arange(inside.sum()))
    np.testing.assert_allclose(own.other, trials.parts[inside, 4], atol=1e-3)
    large = sizes[180, 0.1]
    assert large.measured == pytest.approx(0.1, rel=0.15)
    # Of five rates of twenty people's galleries one alone would be off by half.
    assert sizes[20, 0.1].measured == pytest.approx(0.1, rel=0.2)
    assert large.searches == 60
    assert sizes[20, 0.003].threshold is None  # too few photographs for such a rate
    few, many = sizes[20, 0.1].threshold, large.threshold
    assert few and many and few > many  # more people, more false alarms
