"""Libraries that report home unasked, told not to. What a photograph's search needs is here."""

import os
import sys

_SETTINGS = {
    "ORT_DISABLE_TELEMETRY": "1",  # ONNX Runtime, to Microsoft
    "GRADIO_ANALYTICS_ENABLED": "False",
    "HF_HUB_DISABLE_TELEMETRY": "1",
}
_MODULES = ("openvino_telemetry",)  # to Google Analytics


def refuse() -> None:
    """Forbid it for this process; to be called before the libraries are imported."""
    os.environ.update(_SETTINGS)
    for name in _MODULES:
        sys.modules.setdefault(name, None)  # type: ignore[arg-type] # an import of it then fails
