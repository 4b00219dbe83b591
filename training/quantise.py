"""Rewrites the ONNX file of a trained network with integers of 8 bits (QDQ form, which ONNX Runtime turns into integer kernels), or stores its weights in 16 bits,
or both: integers in a part of it and 16 bits in the rest. Nothing is trained: the ranges of the activations are measured on pictures."""

import argparse
import os

import cv2
import numpy as np
import onnx
from onnx import helper, numpy_helper, version_converter

import collage
import data

# Of what our networks have, what ONNX Runtime computes in integers when it stands between DequantizeLinear and QuantizeLinear.
INTEGER = {"Conv", "LeakyRelu", "Add", "Resize"}


def crops(folder, cut, count):
    """Stored crops of a folder as the network's inputs, spread over all of them, in batches of 8."""
    stored = np.memmap(os.path.join(folder, "crops.u8"), np.uint8, "r").reshape(-1, data.SIDE, data.SIDE, 3)
    rows = np.linspace(0, len(stored) - 1, count).astype(int)
    for start in range(0, count, 8):
        yield data.to_input(np.stack([cut(stored[row]) for row in rows[start : start + 8]]))


def photos(archive, count):
    """The first photos of an archive as the detector gets them."""
    for photo in collage.read_pack(archive)[:count]:
        yield data.to_detector_input(cv2.imdecode(photo, cv2.IMREAD_COLOR))


PICTURES = {
    "recogniser": lambda folder, count: crops(folder, data.centre, count),
    "attributes": lambda folder, count: crops(folder, data.whole, count),
    "detector": photos,
}


# The part of a network that goes to integers, by the names of its nodes; all of it where none is named. The detector's first stages take most of the time; rounding behind
# them moves landmarks further and saves little.
PARTS = {"detector": ("/stem", "/stages.0", "/stages.1", "/lateral.0", "/lateral.1")}


def trunk(graph):
    """The nodes that ONNX Runtime could compute in integers and that a convolution follows. The last one on the way to an output is not among them."""
    needed, chosen = set(), []
    for node in reversed(graph.node):
        wanted = not needed.isdisjoint(node.output)
        if wanted and node.op_type in INTEGER:
            chosen.append(node)
        if wanted or node.op_type == "Conv":
            needed.update(node.input)
    return chosen[::-1]


def ranges(model, nodes, pictures):
    """Least and greatest value of every channel that nodes put out, by output, batch and channel; OpenCV computes them."""
    network = cv2.dnn.readNetFromONNX(np.frombuffer(model.SerializeToString(), np.uint8))
    network.enableFusion(False)  # what stands between fused layers could not be asked for
    seen = []
    for batch in pictures:
        network.setInput(batch)
        seen.append([np.stack([told.min((0, 2, 3)), told.max((0, 2, 3))]) for told in network.forward([f"onnx_node!{node.name}" for node in nodes])])
    return {node.output[0]: np.stack(several) for node, several in zip(nodes, zip(*seen))}


def equalise(model, pictures):
    """Scales channels so that their ranges become more alike, for all of a tensor will share one scale, and weights so that the outputs stay (arXiv:1906.04721)."""
    nodes = trunk(model.graph)
    together = {}  # whatever is added or has gone through an activation has the same scales
    for node in nodes:
        group = set(node.output).union(*[together.get(name, ()) for name in node.input if node.op_type != "Conv"])
        together.update(dict.fromkeys(group, group))
    spans = {name: np.abs(span.mean(0)).max(0) for name, span in ranges(model, nodes, pictures).items()}
    scales = {name: np.mean([spans[other] / spans[other].max() for other in sorted(group)], 0).clip(0.01) ** 0.5 for name, group in together.items()}
    stored = {i.name: i for i in model.graph.initializer}
    for node in model.graph.node:
        assert node.op_type == "Conv" or node in nodes or scales.keys().isdisjoint(node.input), f"{node.name} would see scaled channels"
        if node.op_type == "Conv":
            weight, bias = [numpy_helper.to_array(stored[name]) for name in node.input[1:]]
            up, down = scales.get(node.input[0], np.ones(1)), scales.get(node.output[0], np.ones(1))
            up = up.reshape(-1, 1, 1) if weight.shape[1] > 1 else up.reshape(-1, 1, 1, 1)
            for name, values in zip(node.input[1:], (weight * up / down.reshape(-1, 1, 1, 1), bias / down)):
                stored[name].CopyFrom(numpy_helper.from_array(values.astype(np.float32), name))


def grid(low, high):
    """Scale and zero point of 256 steps from low to high, zero among them."""
    low, high = min(low, 0), max(high, 1e-6)
    scale = (high - low) / 255
    return np.float32(scale), np.uint8(round(-low / scale))


class Rewriter:
    """A graph on its way to integers: its new nodes, and scale and zero point of every tensor that has been rounded."""

    def __init__(self, graph):
        self.graph, self.nodes, self.grids = graph, [], {}
        self.weights = {i.name: numpy_helper.to_array(i) for i in graph.initializer}

    def store(self, name, values):
        """A new initializer."""
        self.graph.initializer.append(numpy_helper.from_array(np.asarray(values), name))
        return name

    def round(self, name, scale, zero):
        """A tensor to integers and back."""
        self.grids[name] = scale, zero
        about = [self.store(f"{name}_scale", scale), self.store(f"{name}_zero", zero)]
        self.nodes.append(helper.make_node("QuantizeLinear", [name, *about], [f"{name}_integers"]))
        self.nodes.append(helper.make_node("DequantizeLinear", [f"{name}_integers", *about], [f"{name}_rounded"]))

    def constant(self, name, values, scale, most, kind):
        """A weight or bias as symmetric integers with a scale for every output channel."""
        integers = np.clip(np.round(values / scale.reshape(-1, *[1] * (values.ndim - 1))), -most, most).astype(kind)
        parts = [self.store(f"{name}_{part}", stored) for part, stored in (("integers", integers), ("scale", scale), ("zero", np.zeros(len(scale), kind)))]
        self.nodes.append(helper.make_node("DequantizeLinear", parts, [f"{name}_rounded"], axis=0))
        return f"{name}_rounded"

    def convolution(self, node, most):
        """Weight and bias of a convolution to integers up to `most` and to 32 bits; the bias in steps of the sums that it is added to."""
        source, weight, bias = node.input
        scale = np.maximum(np.abs(self.weights[weight]).max((1, 2, 3)), 1e-8) / np.float32(most)
        node.input[1] = self.constant(weight, self.weights[weight], scale, most, np.int8)
        node.input[2] = self.constant(bias, self.weights[bias], scale * self.grids[source][0], 2**31 - 1, np.int32)

    def finish(self):
        """The new nodes take the place of the old ones and read what has been rounded; initializers that nobody reads go."""
        for node in self.nodes:
            if node.op_type != "QuantizeLinear":
                node.input[:] = [f"{name}_rounded" if name in self.grids else name for name in node.input]
        read = {name for node in self.nodes for name in node.input}
        kept = [i for i in self.graph.initializer if i.name in read]
        for field, items in (("node", self.nodes), ("initializer", kept)):
            self.graph.ClearField(field)
            getattr(self.graph, field).extend(items)


def to_integers(path, pictures, bits, part):
    """The model of a file with that part of its trunk in integers whose names begin so. Its first convolution and activation stay: integer kernels for
    three channels are slower than those of float32, and what is lost so early is lost for all."""
    model = version_converter.convert_version(onnx.load(path), 13)  # the first with a scale for every channel
    equalise(model, pictures)
    nodes = list(model.graph.node)
    chosen = [node for node in trunk(model.graph)[2:] if node.name.startswith(part)]
    touched = {name for node in chosen for name in (*node.input, *node.output)}
    found = ranges(model, [node for node in nodes if node.op_type in INTEGER - {"Resize"} and node.output[0] in touched], pictures)
    rewriter = Rewriter(model.graph)
    for node in nodes:
        if node in chosen and node.op_type == "Conv":
            rewriter.convolution(node, 2 ** (bits - 1) - 1)
        rewriter.nodes.append(node)
        name = node.output[0]
        if name in found:  # the mean over the batches is less moved by one odd picture than the extremes of all
            rewriter.round(name, *grid(found[name].min((1, 2)).mean(), found[name].max((1, 2)).mean()))
        elif node in chosen:  # Resize repeats integers, so it keeps their meaning
            rewriter.round(name, *rewriter.grids[node.input[0]])
    rewriter.finish()
    return model


def to_halves(model):
    """Stores the weights of convolutions that are not integers in 16 bits; they become 32 bits when the model is loaded, so it computes as before."""
    used = {name for node in model.graph.node if node.op_type == "Conv" for name in node.input[1:]}
    casts = []
    for weight in model.graph.initializer:
        if weight.name in used:
            casts.append(helper.make_node("Cast", [f"{weight.name}_half"], [weight.name], to=onnx.TensorProto.FLOAT))
            weight.CopyFrom(numpy_helper.from_array(numpy_helper.to_array(weight).astype(np.float16), f"{weight.name}_half"))
    nodes = casts + list(model.graph.node)
    model.graph.ClearField("node")
    model.graph.node.extend(nodes)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("network", choices=PICTURES)
    parser.add_argument("model", help="written by export.py")
    parser.add_argument("output")
    parser.add_argument("--pictures", help="to measure ranges on: the folder of the crops or, for the detector, det_photos.tar.gz; without, nothing goes to integers")
    parser.add_argument("--halves", action="store_true", help="store the weights that stay in 16 bits")
    parser.add_argument("--count", type=int, default=256, help="of pictures")
    parser.add_argument("--bits", type=int, choices=[7, 8], default=8,
                        help="of a weight; with 7 no sum of two products overflows the 16 bits that CPUs with AVX2 or AVX-512 but no VNNI have for it")
    options = parser.parse_args()
    if not options.pictures and not options.halves:
        parser.error("--pictures, --halves or both")
    pictures = list(PICTURES[options.network](options.pictures, options.count)) if options.pictures else []
    model = to_integers(options.model, pictures, options.bits, PARTS.get(options.network, ("",))) if pictures else onnx.load(options.model)
    if options.halves:
        to_halves(model)
    onnx.checker.check_model(model)
    onnx.save(model, options.output)
    print(f"{os.path.getsize(options.model):,} bytes became {os.path.getsize(options.output):,}")


if __name__ == "__main__":
    main()
