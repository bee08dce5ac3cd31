"""What can become of an image or a face, and what can be said of a candidate: each with a sentence.

The Snakefile imports this module, so it needs the standard library only.
"""

from enum import StrEnum


class _Said(StrEnum):
    """A word for tables with a sentence for people."""

    sentence: str

    def __new__(cls, word: str, sentence: str = "") -> "_Said":
        """Make a member of its word, and keep the sentence."""
        member = str.__new__(cls, word)
        member._value_ = word
        member.sentence = sentence
        return member


class Status(_Said):
    """What became of an image, or of one face in it."""

    OK = "ok", "a face with an embedding"
    NO_FACE = "no_face", "no face was found in the image"
    TOO_SMALL = "too_small", "a face smaller than faces.min_size"
    POOR = "poor", "a face too blurred or turned away to tell who it is"
    OUTSIDE_REGION = "outside_region", "a face whose centre is in none of the image's regions"
    UNREADABLE = "unreadable", "the file is not an image, is damaged, empty, or may not be read"
    TOO_LARGE = "too_large", "more pixels than the cap against decompression bombs"
    BAD_VECTOR = "bad_vector", "an existing .vector file that does not hold the model's embedding"
    NO_PERSON = "no_person", "a gallery image at the top level, so that no folder names its person"
    CHANGED = "changed", "the image changed or vanished while the workflow ran"
    DENIED = "denied", "a photograph on the deny list, under another name"
    IGNORED = "ignored", "a face that a person said to leave out"


class Verdict(_Said):
    """Whether a face is this person's; from the best to the worst."""

    GIVEN = "given", "a person said who it is; it was not searched"
    MATCH = "match", "the closest person, near enough"
    POSSIBLE = "possible", "near enough, but another person is closer, or nothing tells how near"
    UNKNOWN = "unknown", "too far to be this person"
