"""Runs a convolutional detector's ONNX file with torch, so that it can teach while the pictures are made."""

import numpy as np
import onnx
import torch
from onnx import numpy_helper
from torch.nn import functional as F

import networks

# Only computes the target shape of the Reshape behind it, which here is always the same.
SHAPES = {"Shape", "Gather", "Unsqueeze", "Concat", "Constant"}


class OnnxNetwork:
    """The outputs of a network by name. Knows the operators that YuNet has."""

    def __init__(self, path, device="cpu"):
        graph = onnx.load(path).graph
        self.constants = {i.name: torch.from_numpy(np.array(numpy_helper.to_array(i))).to(device) for i in graph.initializer}
        self.input = graph.input[0].name
        self.outputs = [output.name for output in graph.output]
        self.nodes = [(n.op_type, list(n.input), n.output[0], {a.name: onnx.helper.get_attribute_value(a) for a in n.attribute}) for n in graph.node]

    @torch.no_grad()
    def __call__(self, x):
        values = {self.input: x, **self.constants}
        for kind, inputs, output, attributes in self.nodes:
            if kind not in SHAPES:
                values[output] = self._run(kind, [values.get(name) for name in inputs], attributes)
        return {name: values[name] for name in self.outputs}

    @staticmethod
    def _run(kind, inputs, attributes):
        x = inputs[0]
        if kind == "Conv":
            weight, bias = inputs[1], inputs[2] if len(inputs) > 2 else None
            return F.conv2d(x, weight, bias, attributes["strides"], attributes["pads"][:2], groups=attributes["group"])
        if kind == "MaxPool":
            return F.max_pool2d(x, attributes["kernel_shape"], attributes["strides"], attributes.get("pads", [0, 0])[:2])
        if kind == "Resize":
            return F.interpolate(x, scale_factor=2, mode="nearest")
        if kind == "Transpose":
            return x.permute(attributes["perm"])
        if kind == "Reshape":
            return x.reshape(x.shape[0], -1, x.shape[-1])
        if kind == "Add":
            return x + inputs[1]
        return {"Relu": torch.relu, "Sigmoid": torch.sigmoid}[kind](x)


class YuNet(OnnxNetwork):
    """YuNet's outputs as the numbers of cells that our detector learns."""

    def cells(self, pictures):
        """The score and its 14 numbers for every cell, all strides after one another: N×cells×15."""
        said = self(pictures)
        parts = []
        for stride in networks.Detector.STRIDES:
            score = (said[f"cls_{stride}"].clamp(0, 1) * said[f"obj_{stride}"].clamp(0, 1)).sqrt()
            parts.append(torch.cat([score, said[f"bbox_{stride}"], said[f"kps_{stride}"]], 2))
        return torch.cat(parts, 1)


class Jury:
    """Several teachers, each asked about a picture and about its mirror image. What they say on average errs less than what one says."""

    def __init__(self, teachers):
        self.teachers = teachers

    def cells(self, pictures):
        """Scores are averaged, boxes and landmarks too, by the square of the score that stands with them."""
        size = pictures.shape[2:]
        mirrored = pictures.flip(3)
        said = torch.stack([cells for teacher in self.teachers for cells in (teacher.cells(pictures), mirror(teacher.cells(mirrored), size))])
        weight = said[..., :1] ** 2 + 1e-6
        return torch.cat([said[..., :1].mean(0), (said[..., 1:] * weight).sum(0) / weight.sum(0)], 2)


def mirror(cells, size):
    """What was said of a picture's mirror image, in terms of the picture."""
    parts, start = [], 0
    for stride in networks.Detector.STRIDES:
        height, width = size[0] // stride, size[1] // stride
        part = cells[:, start : start + height * width].unflatten(1, (height, width)).flip(2).flatten(1, 2)
        start += height * width
        points = part[..., 5:].unflatten(2, (5, 2))[..., [1, 0, 2, 4, 3], :]
        points = torch.stack([1 - points[..., 0], points[..., 1]], -1).flatten(2)
        parts.append(torch.cat([part[..., :1], 1 - part[..., 1:2], part[..., 2:5], points], 2))
    return torch.cat(parts, 1)
