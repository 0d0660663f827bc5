"""Mends ONNX files in place, on the protobuf wire itself: no `onnx` package, and no byte moves.

Format: https://github.com/onnx/onnx/blob/main/onnx/onnx.proto and
https://protobuf.dev/programming-guides/encoding/.
"""

import array
import sys

GRAPH = 7        # ModelProto.graph
INITIALIZER = 5  # GraphProto.initializer
DATA_TYPE = 2    # TensorProto.data_type
FLOAT = 1        # TensorProto.FLOAT
RAW_DATA = 9     # TensorProto.raw_data
VARINT, FIXED64, BYTES, FIXED32 = 0, 1, 2, 5


def _varint(data, at):
    value = shift = 0
    while True:
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, at
        shift += 7


def _fields(data, begin, end):
    """(number, begin, end) of every field between two offsets; a varint's value in place of `begin`, end None."""
    while begin < end:
        key, begin = _varint(data, begin)
        kind = key & 7
        if kind == VARINT:
            value, begin = _varint(data, begin)
            yield key >> 3, value, None
            continue
        if kind == BYTES:
            size, begin = _varint(data, begin)
        elif kind in (FIXED32, FIXED64):
            size = 4 if kind == FIXED32 else 8
        else:
            raise ValueError("this is not an ONNX file")
        yield key >> 3, begin, begin + size
        begin += size


def _raw_float_tensors(data):
    for number, begin, end in _fields(data, 0, len(data)):
        if number != GRAPH:
            continue
        for inner, tensor_begin, tensor_end in _fields(data, begin, end):
            if inner != INITIALIZER:
                continue
            fields = {number: (first, last) for number, first, last in _fields(data, tensor_begin, tensor_end)}
            if fields.get(DATA_TYPE, (0, 0))[0] == FLOAT and RAW_DATA in fields:
                yield fields[RAW_DATA]


def flush_denormals(model, smallest=1e-12):
    """Sets every weight below `smallest` to zero. Arithmetic on denormals is up to a hundred times slower, and
    weights this small leave no trace in any output."""
    data = bytearray(model)
    for begin, end in _raw_float_tensors(bytes(data)):
        weights = array.array("f", bytes(data[begin:end]))
        if sys.byteorder == "big":
            weights.byteswap()
        for index, weight in enumerate(weights):
            if -smallest < weight < smallest:
                weights[index] = 0.0
        if sys.byteorder == "big":
            weights.byteswap()
        data[begin:end] = weights.tobytes()
    return bytes(data)
