"""Makes a checkpoint of a shipped network, so that its training can go on where the checkpoint of its run is not at hand.

The file has each convolution and its batch norm as one convolution. Here they are two again: the norm takes its statistics from pictures and undoes them, so the
network computes what the file does (with integers: before activations are rounded) and learns as it did."""

import argparse

import numpy as np
import onnx
import torch
from onnx import numpy_helper
from torch import nn

import collage
import networks
import quantise


def layers(path):
    """Weight and bias of every convolution and linear layer of a file, in the order they are computed."""
    graph = onnx.load(path).graph
    constants = {i.name: numpy_helper.to_array(i) for i in graph.initializer}
    made = {node.output[0]: node for node in graph.node if node.op_type in ("Cast", "DequantizeLinear")}

    def constant(name):
        stored, *scale = [constants[part] for part in (made[name].input[:2] if name in made else [name])]  # a Cast has no scale
        values = stored.astype(np.float32)
        return torch.from_numpy(values * scale[0].reshape(-1, *[1] * (values.ndim - 1)) if scale else values)

    return [[constant(name) for name in node.input[1:]] for node in graph.node if node.op_type in ("Conv", "Gemm")]


def unfold(network, folded, pictures):
    """Gives a network the weights of a file, in one pass over pictures."""
    norms = {}
    for module in network.modules():
        if isinstance(module, nn.Sequential):
            parts = list(module)
            norms.update({conv: norm for conv, norm in zip(parts, parts[1:]) if isinstance(conv, nn.Conv2d) and isinstance(norm, nn.BatchNorm2d)})
    todo = iter(folded)

    def fill(layer, arguments):
        weight, bias = next(todo)
        # The export divides the detector's first weights by the unit that the network divides its input by.
        unit = networks.Detector.UNIT if isinstance(network, networks.Detector) and layer is network.stem[0][0] else 1
        assert layer.weight.shape == weight.shape, f"{tuple(weight.shape)} in the file, {tuple(layer.weight.shape)} in the network"
        layer.weight.data = weight * unit
        if layer not in norms:
            layer.bias.data = bias
            return
        norm, output = norms[layer], layer._conv_forward(arguments[0], layer.weight, None)
        mean, variance = output.mean((0, 2, 3)), output.var((0, 2, 3))
        norm.running_mean.copy_(mean)
        norm.running_var.copy_(variance)
        norm.weight.data = (variance + norm.eps).sqrt()
        norm.bias.data = mean + bias

    hooks = [module.register_forward_pre_hook(fill) for module in network.modules() if isinstance(module, (nn.Conv2d, nn.Linear))]
    with torch.no_grad():
        network(pictures)
    for hook in hooks:
        hook.remove()
    assert next(todo, None) is None, "the file has more layers than the network"


def collages(archive, count):
    """Collages as the detector is trained on."""
    photos = collage.read_pack(archive)
    maker, random = collage.Collages(photos, photos), np.random.default_rng(0)
    return np.stack([maker.make(random, 320) for _ in range(count)]).transpose(0, 3, 1, 2).astype(np.float32)


NETWORKS = {"recogniser": networks.Recogniser, "attributes": networks.Attributes, "detector": networks.Detector}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("network", choices=NETWORKS)
    parser.add_argument("model", help="the shipped file")
    parser.add_argument("pictures", help="to measure on: the folder of the crops or, for the detector, det_photos.tar.gz")
    parser.add_argument("output")
    options = parser.parse_args()
    pictures = collages(options.pictures, 64) if options.network == "detector" else np.concatenate(list(quantise.PICTURES[options.network](options.pictures, 512)))
    network = NETWORKS[options.network]().eval()
    unfold(network, layers(options.model), torch.from_numpy(pictures))
    torch.save({"network": network.state_dict(), "step": 0, "log": []}, options.output)


if __name__ == "__main__":
    main()
