"""Names that are long, from right to left, without a space, markup; and what must not stick out."""

from typing import Any

LONG = [
    "Wolfeschlegelsteinhausenbergerdorffwelchevoralternwarengewissenhaftschaferswessenschafewaren"
    * 2,
    "محمد بن عبد الرحمن بن محمد بن أحمد بن إبراهيم الأندلسي القرطبي المعروف بابن الحاج صاحب الكتاب",
    "寿限無寿限無五劫の擦り切れ海砂利水魚の水行末雲来末風来末食う寝る処に住む処藪ら柑子の藪柑子"
    * 2,
    "<b>Pablo</b> Diego José Francisco de Paula Juan Nepomuceno María de los Remedios & Picasso",
]

_SIDEWAYS = """() => [
    document.documentElement,
    ...document.querySelectorAll('.viewer, .said, .who, .act, .names, h1, h2, .person-face, figure')
  ].filter(e => e.checkVisibility() && e.scrollWidth > e.clientWidth + 1)
   .map(e => `${e.tagName}.${e.className}: ${e.textContent.slice(0, 40)}`)"""


def sideways(tab: Any) -> list[str]:
    """Give what is wider than its place: the page, a button, a line of the rail, a heading."""
    return tab.evaluate(_SIDEWAYS)
