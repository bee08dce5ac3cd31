"""Libraries that report home unasked."""

import os
import subprocess
import sys

from conftest import REPO

SEEN = """
import os
from visage import telemetry
telemetry.refuse()
try:
    import openvino_telemetry
except ModuleNotFoundError:
    print(os.environ["ORT_DISABLE_TELEMETRY"], os.environ["GRADIO_ANALYTICS_ENABLED"])
"""


def test_none_reports_after_it_was_forbidden() -> None:
    """In a process of its own: it holds until the process ends."""
    environment = os.environ | {
        "PYTHONPATH": str(REPO / "scripts"),
        "GRADIO_ANALYTICS_ENABLED": "1",
    }
    printed = subprocess.check_output([sys.executable, "-c", SEEN], env=environment, text=True)
    assert printed == "1 False\n"
