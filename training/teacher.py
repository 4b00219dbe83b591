"""Runs YuNet's ONNX files with OpenCV, so that they can teach while the pictures are made: on a CPU in a quarter of the time that torch takes."""

import threading

import cv2
import numpy as np
import onnx
import torch
from onnx import numpy_helper

import networks

NUMBERS = {"cls": 1, "obj": 1, "bbox": 4, "kps": 10}

# Only computes the target shape of the Reshape behind it, which for one picture of a known size is a constant.
SHAPES = {"Shape", "Gather", "Unsqueeze", "Concat", "Constant"}


class YuNet:
    """YuNet's outputs as the numbers of cells that our detector learns. May be asked on several threads."""

    def __init__(self, path):
        self.model = onnx.load(path)
        self.local = threading.local()  # OpenCV's networks belong to one thread

    def cells(self, pictures):
        """The score and its 14 numbers for every cell, all strides after one another: N×cells×15."""
        network, names = self._network(*pictures.shape[2:])
        rows = []
        for picture in pictures.numpy():
            network.setInput(picture[None])
            said = {name: torch.from_numpy(values.reshape(1, -1, NUMBERS[name.split("_")[0]])) for name, values in zip(names, network.forward(names))}
            parts = []
            for stride in networks.Detector.STRIDES:
                score = (said[f"cls_{stride}"].clamp(0, 1) * said[f"obj_{stride}"].clamp(0, 1)).sqrt()
                parts.append(torch.cat([score, said[f"bbox_{stride}"], said[f"kps_{stride}"]], 2))
            rows.append(torch.cat(parts, 1))
        return torch.cat(rows)

    def _network(self, height, width):
        known = self.local.__dict__.setdefault("networks", {})
        if (height, width) not in known:
            model = self._fixed(height, width)
            known[height, width] = cv2.dnn.readNetFromONNX(model.SerializeToString()), [output.name for output in model.graph.output]
        return known[height, width]

    def _fixed(self, height, width):
        """The network for one picture of one size; OpenCV reads no free ones."""
        model = onnx.ModelProto()
        model.CopyFrom(self.model)
        graph = model.graph
        nodes = [node for node in graph.node if node.op_type not in SHAPES]
        following = {node.input[0]: node.output[0] for node in nodes}
        outputs = {output.name for output in graph.output}
        for node in nodes:
            if node.op_type == "Reshape":
                name = node.output[0] if node.output[0] in outputs else following[node.output[0]]
                node.input[1] = f"shape of {name}"
                graph.initializer.append(numpy_helper.from_array(np.array([1, -1, NUMBERS[name.split("_")[0]]], np.int64), node.input[1]))
        del graph.node[:], graph.value_info[:]
        graph.node.extend(nodes)
        fix(graph.input[0], (1, 3, height, width))
        for output in graph.output:
            kind, stride = output.name.split("_")
            fix(output, (1, (height // int(stride)) * (width // int(stride)), NUMBERS[kind]))
        return model


def fix(value, shape):
    """Gives an input or output of a graph its sizes."""
    dimensions = value.type.tensor_type.shape
    del dimensions.dim[:]
    for size in shape:
        dimensions.dim.add().dim_value = size


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
