"""The data and the pictures put together as what the templates show."""

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

from visage.audit.findings import KINDS
from visage.report.data import (
    NOT_COMPARED,
    Candidate,
    Face,
    Finding,
    Gallery,
    Query,
    query_problems,
)
from visage.report.faces import GalleryFace
from visage.report.page import (
    SHEET,
    CandidateView,
    Card,
    FaceView,
    FindingView,
    GalleryFaceView,
    Kind,
    Page,
    Person,
    ProblemView,
    Run,
    Score,
)
from visage.report.pictures import Cuttings, Missing, Picture
from visage.search.threshold import VERDICTS

TOP_LEVEL = "(top level)"  # shown as the name of the group of images in no folder
UNKNOWN_SCORES = 20  # lines shown of a group's people beyond the threshold; scores.tsv has them all
SCORES = 2000  # lines from which on nobody beyond the threshold is shown
FINDINGS = 40  # rows shown of each kind of the audit; audit.tsv has them all
MARK = 2 / 3  # where on a distance's bar the threshold stands


def make_page(
    queries: Sequence[Query],
    photographs: Sequence[Cuttings],
    gallery: Gallery,
    nearest: dict[tuple[str, int], Picture | Missing],
    problem_pictures: dict[str, Picture | Missing],
    scores: list[dict[str, str]],
    findings: Sequence[Finding],
    evaluation: dict[str, Any] | None,
    run: Run,
    name: Callable[[str], str],
) -> Page:
    """Put data and pictures together.

    Args:
        queries: The query images in the order of their cards.
        photographs: What was cut from each.
        gallery: The gallery in numbers.
        nearest: The pictures of gallery faces, by image and face.
        problem_pictures: Those of gallery images without a face, as far as they are shown.
        scores: The lines of the scores table.
        findings: The gallery's audit.
        evaluation: The content of evaluation.json, where the threshold may come from.
        run: How the results were made.
        name: Gives the name of a person's id.
    """
    classes, sheet = _sheet(nearest)
    full = _full_bar(queries, run.threshold)
    people: dict[str, Person] = {}
    cards = []
    for number, (query, cuttings) in enumerate(zip(queries, photographs, strict=True), start=1):
        faces = [
            _face(face, query, crop, full, classes, nearest)
            for face, crop in zip(query.faces, cuttings.crops, strict=True)
        ]
        seen = _people_of(query, f"q{number}", people, run.threshold is not None)
        cards.append(Card(f"q{number}", query, cuttings.photograph, faces, seen))
    groups = sorted({query.group for query in queries})
    shown = _shown_scores(scores)
    return Page(
        run=run,
        gallery=gallery,
        cards=cards,
        people=sorted(people.values(), key=lambda person: (person.name.casefold(), person.id)),
        groups=groups,
        scores=_scores(shown, groups, people, _closest(queries, classes)),
        scores_left_out=len(scores) - len(shown),
        problems=_problems(cards, gallery, problem_pictures),
        audit=_audit(findings, {image: c for (image, _), c in classes.items()}, name),
        evaluation=evaluation,
        sheet=sheet,
        verdicts=_count(queries),
        has_probability=any(line.get("Probability") for line in scores),
        has_links=any(line.get("Link") for line in scores),
    )


def _sheet(
    nearest: dict[tuple[str, int], Picture | Missing],
) -> tuple[dict[tuple[str, int], str], SHEET]:
    """Give each gallery face the class of its picture; equal pictures share one."""
    by_uri: dict[str, str] = {}
    classes, sheet = {}, {}
    for key, picture in nearest.items():
        if isinstance(picture, Picture):
            classes[key] = by_uri.setdefault(picture.uri, f"g{len(by_uri)}")
            sheet[classes[key]] = picture
    return classes, sheet


def _full_bar(queries: Sequence[Query], threshold: float | None) -> float:
    """Give the distance of a full bar: all bars of a page are comparable."""
    if threshold:
        return threshold / MARK
    distances = [c.distance for query in queries for face in query.faces for c in face.candidates]
    return max([0.0, *distances]) or 1.0


def _face(
    face: Face,
    query: Query,
    crop: Picture | Missing,
    full: float,
    classes: dict[tuple[str, int], str],
    nearest: dict[tuple[str, int], Picture | Missing],
) -> FaceView:
    candidates = [
        CandidateView(
            data=candidate,
            faces=[_gallery_face(found, classes, nearest) for found in candidate.faces],
            bar=round(100 * min(1.0, max(0.0, candidate.distance / full))),
        )
        for candidate in face.candidates
    ]
    return FaceView(face, face.number + 1, _place(face, query), crop, candidates)


def _gallery_face(
    face: GalleryFace,
    classes: dict[tuple[str, int], str],
    nearest: dict[tuple[str, int], Picture | Missing],
) -> GalleryFaceView:
    picture = nearest[face.key]
    missing = picture.reason if isinstance(picture, Missing) else ""
    return GalleryFaceView(face, classes.get(face.key, ""), missing)


def _place(face: Face, query: Query) -> tuple[float, float, float, float] | None:
    """Give a face's box in percent of the photograph, cut off at its edges."""
    if face.box is None or not query.width or not query.height:
        return None
    left, right = (_share(value, query.width) for value in (face.box.x, face.box.x + face.box.w))
    top, bottom = (_share(value, query.height) for value in (face.box.y, face.box.y + face.box.h))
    return left, top, round(right - left, 2), round(bottom - top, 2)


def _share(value: float, whole: float) -> float:
    return round(100 * min(1.0, max(0.0, value / whole)), 2)


def _people_of(
    query: Query, card: str, people: dict[str, Person], has_threshold: bool
) -> list[int]:
    """Give the numbers of the people a query may show, and add the card to them.

    Those are all within the threshold; without one, the closest person of each face.
    """
    found: dict[str, Candidate] = {}
    for face in query.faces:
        for candidate in face.candidates:
            if candidate.verdict != "unknown" if has_threshold else candidate.rank == 1:
                found.setdefault(candidate.id, candidate)
    numbers = []
    for candidate in found.values():
        person = people.setdefault(
            candidate.id, Person(len(people), candidate.id, candidate.name, first=card)
        )
        person.cards += 1
        numbers.append(person.number)
    return sorted(numbers)


def _closest(
    queries: Sequence[Query], classes: dict[tuple[str, int], str]
) -> dict[tuple[str, str], str]:
    """Give for each group and person the class of the gallery face that came nearest."""
    best: dict[tuple[str, str], tuple[float, tuple[str, int]]] = {}
    for query in queries:
        for face in query.faces:
            for candidate in face.candidates:
                key, found = (
                    (query.group, candidate.id),
                    (candidate.distance, candidate.faces[0].key),
                )
                if key not in best or found < best[key]:
                    best[key] = found
    return {key: classes.get(nearest, "") for key, (_, nearest) in best.items()}


def _shown_scores(lines: list[dict[str, str]]) -> list[dict[str, str]]:
    """Leave out most of the people beyond the threshold: in a large gallery that is everybody."""
    unknown: Counter[str] = Counter()
    limit = UNKNOWN_SCORES if len(lines) <= SCORES else 0
    shown = []
    for line in lines:
        unknown[line["Group"]] += line["Verdict"] == "unknown"
        if line["Verdict"] != "unknown" or unknown[line["Group"]] <= limit:
            shown.append(line)
    return shown


def _scores(
    lines: list[dict[str, str]],
    groups: list[str],
    people: dict[str, Person],
    closest: dict[tuple[str, str], str],
) -> list[Score]:
    numbers = {group: str(number) for number, group in enumerate(groups)}
    return [
        Score(
            values=line,
            group=numbers.get(line["Group"], ""),
            person=people.get(line["ID"]) if line["Verdict"] != "unknown" else None,
            picture=closest.get((line["Group"], line["ID"]), ""),
        )
        for line in lines
    ]


def shown_findings(findings: Sequence[Finding]) -> list[Finding]:
    """Give the first rows of each kind: a large gallery has thousands of some."""
    seen: Counter[str] = Counter()
    shown = []
    for finding in findings:
        seen[finding.kind] += 1
        if seen[finding.kind] <= FINDINGS:
            shown.append(finding)
    return shown


def _audit(
    findings: Sequence[Finding], classes: dict[str, str], name: Callable[[str], str]
) -> list[Kind]:
    numbers = Counter(finding.kind for finding in findings)
    rows: dict[str, list[FindingView]] = {kind: [] for kind in numbers}
    for finding in shown_findings(findings):
        rows[finding.kind].append(
            FindingView(
                data=finding,
                person=name(finding.person),
                other=name(finding.other_person) if finding.other_person else "",
                picture=classes.get(finding.image, ""),
                other_picture=classes.get(finding.other_image, ""),
            )
        )
    return [Kind(kind, KINDS.get(kind, kind), numbers[kind], rows[kind]) for kind in numbers]


def _problems(
    cards: list[Card], gallery: Gallery, pictures: dict[str, Picture | Missing]
) -> list[ProblemView]:
    ids = {card.data.image: card for card in cards}
    queries = query_problems(card.data for card in cards)
    return [
        *(ProblemView(item, ids[item.image].id, None) for item in queries),
        *(ProblemView(item, "", pictures.get(item.image)) for item in gallery.problems),
    ]


def _count(queries: Sequence[Query]) -> dict[str, int]:
    found = Counter(face.verdict for query in queries for face in query.faces)
    return {verdict: found[verdict] for verdict in (*VERDICTS, NOT_COMPARED)}
