"""An ONNX network whose upper layers can be trained in PyTorch, and go back into the same file.

Knows the operations that small face networks use; any other raises ValueError when the file is read. Batch
normalisation keeps its statistics: most networks come with it folded into the convolutions, and small batches of
mixed sources would spoil what is left.
"""

import numpy as np
import onnx
import onnxruntime
import torch
from onnx import TensorProto, helper, numpy_helper
from onnx.utils import Extractor
from torch import nn
from torch.nn import functional as F


class Upper(nn.Module):
    """The nodes of `path` after the tensor `start`, in order. `forward(x)` takes `start` as [n,c,h,w] and gives the
    network's first output. Nothing below `start` is trained."""

    def __init__(self, path, start):
        super().__init__()
        self.model, self.start = onnx.load(str(path)), start
        graph = self.model.graph
        self.weights, self.constants = nn.ParameterDict(), {}
        nodes = [node for node in graph.node if node.op_type != "Constant"]
        begin = next(i for i, node in enumerate(nodes) if node.output[0] == start)
        upper = nodes[begin + 1:]
        needed = {name for node in upper for name in node.input}
        for node in upper:
            if node.op_type not in OPERATIONS:
                raise ValueError(f"{path}: operation {node.op_type} is not known here")
        values = {tensor.name: tensor for tensor in graph.initializer}
        values.update({node.output[0]: node.attribute[0].t for node in graph.node if node.op_type == "Constant"})
        statistics = {name for node in upper if node.op_type == "BatchNormalization" for name in node.input[3:]}
        for name in sorted(needed & set(values)):
            tensor = torch.from_numpy(numpy_helper.to_array(values[name]).copy())
            if tensor.is_floating_point() and tensor.dim() > 0 and name not in statistics:
                self.weights[key(name)] = nn.Parameter(tensor)
            else:
                self.constants[name] = tensor
        self.nodes = [(OPERATIONS[node.op_type], list(node.input), node.output[0], attributes(node)) for node in upper]
        self.output = graph.output[0].name

    def forward(self, x):
        values = {self.start: x}
        for operation, inputs, output, options in self.nodes:
            values[output] = operation(options, *[self._value(values, name) for name in inputs if name])
        return values[self.output]

    def _value(self, values, name):
        if name in values:
            return values[name]
        return self.weights[key(name)] if key(name) in self.weights else self.constants[name]

    def lower(self, threads):
        """A function from uint8 windows [n,h,w,3], BGR, to the tensor `start`, float16. Colour order and range are
        those of the networks that are trained here: BGR, 0..255."""
        model = onnx.ModelProto()
        model.CopyFrom(self.model)
        model.graph.input[0].type.tensor_type.shape.dim[0].dim_param = "n"
        del model.graph.value_info[:]
        part = Extractor(onnx.shape_inference.infer_shapes(model)).extract_model([model.graph.input[0].name], [self.start])
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        session = onnxruntime.InferenceSession(part.SerializeToString(), options)
        name = session.get_inputs()[0].name

        def run(windows):
            data = np.ascontiguousarray(windows.transpose(0, 3, 1, 2)).astype(np.float32)
            return session.run(None, {name: data})[0].astype(np.float16)

        return run

    def save(self, path, weights):
        """Writes the file it came from with `weights`, every large constant as 16-bit numbers behind a Cast: engines
        undo it once when they load the file, and it is half as large."""
        model = onnx.ModelProto()
        model.CopyFrom(self.model)
        graph, casts, kept = model.graph, [], []
        for tensor in graph.initializer:
            array = numpy_helper.to_array(tensor)
            if key(tensor.name) in weights:
                array = weights[key(tensor.name)].detach().cpu().numpy()
            if array.dtype == np.float32 and array.size > 1:
                kept.append(numpy_helper.from_array(array.astype(np.float16), tensor.name + ".half"))
                casts.append(helper.make_node("Cast", [tensor.name + ".half"], [tensor.name], to=TensorProto.FLOAT))
            else:
                kept.append(numpy_helper.from_array(array, tensor.name))
        nodes = list(graph.node)
        del graph.initializer[:], graph.node[:], graph.value_info[:]
        graph.initializer.extend(kept)
        graph.node.extend(casts + nodes)
        model.producer_name, model.doc_string = "ozma training", ""
        onnx.checker.check_model(model)
        onnx.save(model, str(path))


def key(name):
    return name.replace(".", "/")  # PyTorch takes no dots in names


def attributes(node):
    return {attribute.name: helper.get_attribute_value(attribute) for attribute in node.attribute}


def conv(options, x, weight, bias=None):
    top, left, bottom, right = options.get("pads", [0, 0, 0, 0])
    if (top, left) != (bottom, right):
        x, top, left = F.pad(x, (left, right, top, bottom)), 0, 0
    return F.conv2d(x, weight, bias, options.get("strides", [1, 1]), (top, left), options.get("dilations", [1, 1]),
                    options.get("group", 1))


def normalise(options, x, scale, shift, mean, variance):
    return F.batch_norm(x, mean, variance, scale, shift, False, 0, options.get("epsilon", 1e-5))


OPERATIONS = {
    "Conv": conv,
    "BatchNormalization": normalise,
    "PRelu": lambda _, x, slope: F.prelu(x, slope.flatten()),
    "Relu": lambda _, x: F.relu(x),
    "Sigmoid": lambda _, x: torch.sigmoid(x),
    "Add": lambda _, a, b: a + b,
    "Mul": lambda _, a, b: a * b,
    "MatMul": lambda _, a, b: a @ b,
    "GlobalAveragePool": lambda _, x: x.mean((2, 3), keepdim=True),
    # Networks with a fixed batch of one spell the flattening out as a shape that begins with it.
    "Reshape": lambda _, x, __: x.flatten(1),
}
