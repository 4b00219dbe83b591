"""Makes a checkpoint of the shipped detector, so that its training can go on where the checkpoint of its run is not at hand.

The file has each convolution and its batch norm as one convolution. Here they are two again: the norm takes its statistics from collages and undoes them, so the
network computes what the file does and learns as it did."""

import argparse

import numpy as np
import onnx
import torch
from onnx import numpy_helper
from torch import nn

import collage
import networks


def convolutions(path):
    """Weight and bias of every convolution of a file, in the order they are computed."""
    graph = onnx.load(path).graph
    halves = {node.output[0]: node.input[0] for node in graph.node if node.op_type == "Cast"}
    constants = {i.name: numpy_helper.to_array(i).astype(np.float32) for i in graph.initializer}
    return [[torch.from_numpy(constants[halves.get(name, name)].copy()) for name in node.input[1:]] for node in graph.node if node.op_type == "Conv"]


def unfold(network, folded, pictures):
    """Gives a network the weights of a file, in one pass over pictures."""
    norms = {}
    for module in network.modules():
        if isinstance(module, nn.Sequential):
            layers = list(module)
            norms.update({conv: norm for conv, norm in zip(layers, layers[1:]) if isinstance(conv, nn.Conv2d) and isinstance(norm, nn.BatchNorm2d)})
    todo = iter(folded)

    def fill(conv, arguments):
        weight, bias = next(todo)
        # The export divides the first weights by the unit that the network divides its input by.
        conv.weight.data = weight * networks.Detector.UNIT if conv is network.stem[0][0] else weight
        if conv not in norms:
            conv.bias.data = bias
            return
        norm, output = norms[conv], conv._conv_forward(arguments[0], conv.weight, None)
        mean, variance = output.mean((0, 2, 3)), output.var((0, 2, 3))
        norm.running_mean.copy_(mean)
        norm.running_var.copy_(variance)
        norm.weight.data = (variance + norm.eps).sqrt()
        norm.bias.data = mean + bias

    hooks = [module.register_forward_pre_hook(fill) for module in network.modules() if isinstance(module, nn.Conv2d)]
    with torch.no_grad():
        network(pictures)
    for hook in hooks:
        hook.remove()
    assert next(todo, None) is None, "the file has more convolutions than the network"


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("model", help="facelite_detector.onnx")
    parser.add_argument("photos", help="det_photos.tar.gz")
    parser.add_argument("output")
    options = parser.parse_args()
    photos = collage.read_pack(options.photos)
    collages, random = collage.Collages(photos, photos), np.random.default_rng(0)
    pictures = torch.from_numpy(np.stack([collages.make(random, 320) for _ in range(64)])).permute(0, 3, 1, 2).float()
    network = networks.Detector().eval()
    unfold(network, convolutions(options.model), pictures)
    torch.save({"network": network.state_dict(), "step": 0, "log": []}, options.output)


if __name__ == "__main__":
    main()
