"""What stands in the page around the photographs: who was found, scores, what the audit says."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence

from visage.audit.findings import KINDS
from visage.report.evaluation import EvaluationView
from visage.report.gallery import Finding, Gallery, Problem
from visage.report.page import (
    POOR,
    Content,
    FindingView,
    Found,
    Kind,
    Numbers,
    Page,
    PersonView,
    ProblemView,
    Run,
    Score,
)
from visage.report.pictures import Missing, Picture
from visage.report.share import NAMED
from visage.status import Status, Verdict

FINDINGS = 40  # rows shown of each kind of the audit; audit.tsv has them all


def make_page(
    run: Run,
    content: Content,
    gallery: Gallery,
    problem_pictures: Mapping[str, Picture | Missing],
    nearest: Mapping[tuple[str, int], Picture | Missing],
    scores: list[dict[str, str]],
    findings: Sequence[Finding],
    evaluation: EvaluationView | None,
    name: Callable[[str], str],
) -> Page:
    """Put the page together.

    Args:
        run: How the results were made.
        content: The photographs with their faces.
        gallery: The gallery in numbers.
        problem_pictures: Gallery images without a face, as far as they are shown.
        nearest: The pictures of gallery faces, by image and face.
        scores: The lines of the scores table.
        findings: The gallery's audit.
        evaluation: Where the threshold may come from.
        name: Gives the name of a person's id.
    """
    by_id = {person.id: person for person in content.people}
    told = NAMED if content.share else (*NAMED, Verdict.POSSIBLE)
    lines = [_score(line, by_id) for line in scores if line["Verdict"] in told]
    return Page(
        run=run,
        content=content,
        numbers=count(content),
        found=found(content),
        gallery=gallery,
        problems=[_problem(problem, problem_pictures) for problem in gallery.problems],
        audit=_audit(findings, {image: picture for (image, _), picture in nearest.items()}, name),
        scores=sorted(lines, key=lambda line: (line.verdict, -(line.probability or 0.0))),
        not_found=0 if content.share else len(scores) - len(lines),
        evaluation=evaluation,
    )


def count(content: Content) -> Numbers:
    """Count what was found."""
    faces = [face for photograph in content.photographs for face in photograph.faces]
    named = [
        any(face.verdict in NAMED for face in photograph.faces)
        for photograph in content.photographs
    ]
    return Numbers(
        photographs=len(content.photographs),
        with_people=sum(named),
        verdicts=dict(Counter(face.verdict for face in faces)),
        doubtful=sum(face.doubtful for face in faces),
        poor=sum(face.status == POOR for face in faces),
        copies=sum(bool(photograph.original) for photograph in content.photographs),
        statuses=dict(Counter(p.status for p in content.photographs if p.status != Status.OK)),
    )


def found(content: Content) -> list[Found]:
    """Give everybody who was found, those in most photographs first."""
    probabilities: dict[int, list[float | None]] = {}
    photographs: Counter[int] = Counter()
    doubtful: Counter[int] = Counter()
    for photograph in content.photographs:
        named = [face for face in photograph.faces if face.verdict in NAMED and face.candidates]
        for face in named:
            best = face.candidates[0]
            probabilities.setdefault(best.person, []).append(best.probability)
            doubtful[best.person] += face.doubtful
        photographs.update({face.candidates[0].person for face in named})
    people = [
        Found(
            person=content.people[number],
            picture=_address(content, content.people[number].picture),
            photographs=photographs[number],
            faces=len(chances),
            doubtful=doubtful[number],
            least=min((chance for chance in chances if chance is not None), default=None),
        )
        for number, chances in probabilities.items()
    ]
    return sorted(people, key=lambda one: (-one.photographs, one.person.name.casefold()))


def _address(content: Content, number: int | None) -> str:
    return "" if number is None else content.pictures[number]


def _score(line: dict[str, str], people: Mapping[str, PersonView]) -> Score:
    probability = line.get("Probability")
    person = PersonView(line["ID"], line["Name"] or line["ID"], line.get("Link", ""))
    return Score(
        person=people.get(line["ID"], person),
        album=line["Group"],
        photographs=int(line["Images"]),
        probability=float(probability) if probability else None,
        verdict=line["Verdict"],
        values=line,
    )


def _problem(problem: Problem, pictures: Mapping[str, Picture | Missing]) -> ProblemView:
    picture = pictures.get(problem.image, Missing(""))
    if isinstance(picture, Missing):
        return ProblemView(problem, "", picture.reason)
    return ProblemView(problem, picture.uri, "")


def shown_findings(findings: Iterable[Finding]) -> list[Finding]:
    """Give the first rows of each kind: a large gallery has thousands of some."""
    seen: Counter[str] = Counter()
    shown = []
    for finding in findings:
        seen[finding.kind] += 1
        if seen[finding.kind] <= FINDINGS:
            shown.append(finding)
    return shown


def _audit(
    findings: Sequence[Finding],
    pictures: Mapping[str, Picture | Missing],
    name: Callable[[str], str],
) -> list[Kind]:
    def address(image: str) -> str:
        picture = pictures.get(image)
        return picture.uri if isinstance(picture, Picture) else ""

    numbers = Counter(finding.kind for finding in findings)
    rows: dict[str, list[FindingView]] = {kind: [] for kind in numbers}
    for finding in shown_findings(findings):
        rows[finding.kind].append(
            FindingView(
                data=finding,
                person=name(finding.person),
                other=name(finding.other_person) if finding.other_person else "",
                picture=address(finding.image),
                other_picture=address(finding.other_image),
            )
        )
    return [Kind(kind, KINDS.get(kind, kind), numbers[kind], rows[kind]) for kind in numbers]
