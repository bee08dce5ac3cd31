"""The report: one page that opens without a network; the pictures beside it where they are many.

`data`, `gallery` and `files` read what the workflow made, `pictures` cuts photographs, `content`
and `view` put the two together as what is shown, which is in `page`; `render` writes the files.
"""

from visage.report.build import Options, Sources, build_report

__all__ = ["Options", "Sources", "build_report"]
