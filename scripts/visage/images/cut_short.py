"""Files of which the end is missing, made as long as they say that they are."""

from visage.formats import Format

_MOST_MISSING = 1 << 26  # bytes; a damaged length may promise anything


def with_an_end(data: bytes, found: Format) -> bytes | None:
    """Give a damaged file with what a decoder must meet to give what there is of it.

    Decoders of WebP, HEIF, AVIF and JPEG 2000 look at nothing of a file that is shorter than it
    says. Zeros in place of the rest decode to something grey or smeared, below or over what is
    there: where nothing is to be seen, the picture is blank.

    Returns:
        None where that does not help.
    """
    if found.length is None:
        return data + found.end if found.end else None
    missing = found.length(data) - len(data)
    if not 0 < missing <= _MOST_MISSING:
        return None
    return data + bytes(max(0, missing - len(found.end))) + found.end
