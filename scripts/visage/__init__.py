"""Visage-ML: who is in these photographs?

The code behind the workflow's rules. Nothing in here needs Snakemake; modules that the Snakefile
imports (`config`, `listing`, `errors`, `files`) need no numpy and no model library either.
"""

import os
import sys

# What a photograph's search needs is on this machine. Some of the libraries report home all the
# same, unasked, unless they are told not to before they are imported.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"  # ONNX Runtime, to Microsoft
os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
os.environ["HF_HUB_DISABLE_TELEMETRY"] = "1"
sys.modules.setdefault("openvino_telemetry", None)  # type: ignore[arg-type] # to Google Analytics
