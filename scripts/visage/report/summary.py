"""What was found, in the sentences at the top of the page."""

from visage.pages.words import plural, rate
from visage.report.page import Content, Numbers, Page, PhotographView
from visage.report.share import NAMED
from visage.status import Verdict

STACK = 3  # faces that stand for the unknown in the rail


def headline(page: Page) -> str:
    """Say who was found: Found 3 people in 4 of 6 photographs; 2 faces are nobody you know."""
    numbers = page.numbers
    photographs = plural(numbers.photographs, "photograph")
    if not page.found:
        return f"Nobody you know was found in {photographs}"
    people = plural(len(page.found), "person", "people")
    said = f"Found {people} in {numbers.with_people:,} of {photographs}"
    return f"{said}; {strangers(numbers)}" if numbers.unknown else said


def strangers(numbers: Numbers) -> str:
    """Say how many faces are nobody's."""
    return f"{plural(numbers.unknown, 'face is', 'faces are')} nobody you know"


def further(page: Page) -> str:
    """Say what else there is: doubtful faces, and photographs that gave nothing."""
    numbers = page.numbers
    parts = [] if page.found or not numbers.unknown else [strangers(numbers)]
    if numbers.doubtful:
        parts.append(f"{plural(numbers.doubtful, 'face is', 'faces are')} doubtful")
    if numbers.poor:
        parts.append(f"{plural(numbers.poor, 'face is', 'faces are')} too poor to tell")
    if numbers.copies:
        parts.append(f"{plural(numbers.copies, 'photograph is a copy', 'photographs are copies')}")
    if numbers.without_face:
        parts.append(
            f"{plural(numbers.without_face, 'photograph has', 'photographs have')} no face"
        )
    if numbers.unread:
        parts.append(
            f"{plural(numbers.unread, 'photograph', 'photographs')} could not be read or used"
        )
    if page.run.left_out:
        parts.append(f"of what the folders hold {page.run.left_out}")
    text = ", ".join(parts[:-1]) + (" and " if len(parts) > 1 else "") + "".join(parts[-1:])
    return f"{text[:1].upper()}{text[1:]}." if text else ""


def certain(page: Page) -> str:
    """Say how often a stranger gets a name, where the gallery tells."""
    what = "how often a stranger is taken for somebody"
    if page.evaluation is None or page.run.threshold is None:
        return f"{what.capitalize()} was not measured."
    result = page.evaluation.result
    if result.threshold is None:
        return f"The gallery is too small to measure {what}."
    if result.threshold != page.run.threshold:
        return f"{what.capitalize()} was not measured for the threshold that the config sets."
    return f"About {rate(result.fpir)} of strangers’ faces are taken for somebody."


def names(content: Content, photograph: PhotographView) -> str:
    """Say who is in a photograph."""
    faces = [face for face in photograph.faces if face.verdict in NAMED and face.candidates]
    people = dict.fromkeys(content.people[face.candidates[0].person].name for face in faces)
    return ", ".join(people)


def stacks(content: Content) -> dict[str, list[str]]:
    """Give the faces that stand for the unknown in the rail: their addresses."""
    faces = (face for photograph in content.photographs for face in photograph.faces)
    unknown = [
        content.pictures[face.picture]
        for face in faces
        if face.verdict == Verdict.UNKNOWN and face.picture is not None
    ]
    return {"Unknown": unknown[:STACK]}
