#!/usr/bin/env bash
# Snakemake runs this once the environment is made. DeepFace asks for onnxruntime, whose files lie in
# the same folder as those of onnxruntime-gpu: the one goes, the other is put back whole.
set -euo pipefail
version=$(python -c 'from importlib.metadata import version; print(version("onnxruntime-gpu"))')
python -m pip uninstall --quiet --yes onnxruntime
python -m pip install --quiet --no-deps --force-reinstall "onnxruntime-gpu==$version"
