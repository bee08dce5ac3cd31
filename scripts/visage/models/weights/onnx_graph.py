"""Mend and unfold block-quantised ONNX models."""

from pathlib import Path

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import helper, numpy_helper

from visage.store.files import replacing

# Nodes that a quantised weight passes through on its way to the layer that uses it.
_FOLDED = ("DequantizeLinear", "Reshape")


def fold_int8(source: Path, target: Path) -> None:
    """Write the int8 model `source` as the float32 model `target`, computing the same function.

    OpenCV Zoo's `int8bq` files store each weight as int8 blocks with a scale each, and unpack
    them by `DequantizeLinear` (+ `Reshape`) nodes whenever the model runs. Here that is done
    once. Their graphs also still list the original weights among the inputs, which ONNX Runtime
    refuses; only inputs that a layer reads stay. The first dimension of inputs and outputs is
    made free, so that faces can be embedded in batches. The same source gives the same bytes.

    Args:
        source: A model whose quantised nodes read stored weights only.
        target: Written whole or not at all.
    """
    model = onnx.load(source)
    graph = model.graph
    stored = {item.name: numpy_helper.to_array(item) for item in graph.initializer}
    kept = [node for node in graph.node if not _fold(node, stored)]
    read = {name for node in kept for name in node.input}
    inputs = [item for item in graph.input if item.name in read and item.name not in stored]
    folded = helper.make_graph(
        kept,
        graph.name,
        inputs=[_with_free_batch(item) for item in inputs],
        outputs=[_with_free_batch(item) for item in graph.output],
        initializer=[
            numpy_helper.from_array(stored[name], name) for name in sorted(read & stored.keys())
        ],
    )
    model.graph.CopyFrom(folded)
    onnx.checker.check_model(model, full_check=True)
    with replacing(target) as temporary:
        temporary.write_bytes(model.SerializeToString(deterministic=True))


def _fold(node: onnx.NodeProto, stored: dict[str, NDArray[np.generic]]) -> bool:
    """Compute `node` now, if it only unpacks stored weights, and store what it gives."""
    if node.op_type not in _FOLDED or any(name not in stored for name in node.input):
        return False
    values = [stored[name] for name in node.input]
    result: NDArray[np.generic]
    if node.op_type == "Reshape":
        result = values[0].reshape([int(size) for size in values[1]])
    else:
        attributes = {item.name: item.i for item in node.attribute}
        quantised, scale, zero = values
        result = _dequantize(quantised, scale, zero, attributes["axis"], attributes["block_size"])
    stored[node.output[0]] = result
    return True


def _dequantize(
    values: NDArray[np.generic],
    scale: NDArray[np.generic],
    zero: NDArray[np.generic],
    axis: int,
    block: int,
) -> NDArray[np.float32]:
    """Give (values - zero) * scale as float32, one scale for each `block` items along `axis`.

    Formula and blocks as in the ONNX operator DequantizeLinear, version 21.
    """
    size = values.shape[axis]
    scales, zeros = (
        np.repeat(item, block, axis=axis).take(range(size), axis=axis) for item in (scale, zero)
    )
    steps = values.astype(np.int32) - zeros.astype(np.int32)
    return steps.astype(np.float32) * scales.astype(np.float32)


def _with_free_batch(item: onnx.ValueInfoProto) -> onnx.ValueInfoProto:
    """Copy the description of an input or output, its first dimension named instead of fixed."""
    tensor = item.type.tensor_type
    sizes: list[int | str] = [dimension.dim_value for dimension in tensor.shape.dim]
    return helper.make_tensor_value_info(item.name, tensor.elem_type, ["batch", *sizes[1:]])
