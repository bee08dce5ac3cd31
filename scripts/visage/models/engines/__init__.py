"""Libraries that run networks: one file each, and one line each here.

The Snakefile's process asks them for environments and GPUs, so a library is imported only when a
network is opened.
"""

from visage.models.engines.engine import Engine, Session
from visage.models.engines.onnxruntime import OnnxRuntime
from visage.models.engines.opencv import OpenCv
from visage.models.engines.openvino import OpenVino
from visage.models.engines.pytorch import PyTorch
from visage.models.engines.tensorflow import TensorFlow

ENGINES: dict[str, Engine] = {
    engine.name: engine for engine in (OpenVino(), OnnxRuntime(), TensorFlow(), PyTorch(), OpenCv())
}

__all__ = ["ENGINES", "Engine", "Session"]
