"""Writes a trained network as ONNX, batch norm folded into the convolutions, and checks that the file computes what the network does."""

import argparse

import cv2
import numpy as np
import torch
from torch import nn
from torch.nn import functional as F
from torch.nn.utils.fusion import fuse_conv_bn_eval

import networks


class UnitLength(nn.Module):
    """The network with embeddings of length 1."""

    def __init__(self, network):
        super().__init__()
        self.network = network

    def forward(self, x):
        return F.normalize(self.network(x))


def fold(module):
    """Replaces convolution and batch norm by one convolution, everywhere below a module in eval mode."""
    for name, child in module.named_children():
        fold(child)
        if isinstance(child, nn.Sequential):
            layers = list(child)
            folded = []
            for layer in layers:
                if isinstance(layer, nn.BatchNorm2d) and folded and isinstance(folded[-1], nn.Conv2d):
                    folded[-1] = fuse_conv_bn_eval(folded[-1], layer)
                else:
                    folded.append(layer)
            setattr(module, name, nn.Sequential(*folded))
    return module


def difference(path, network, example):
    """Largest difference between file and network, the file run by OpenCV: a runtime that had no part in writing it."""
    net = cv2.dnn.readNetFromONNX(path)
    net.setInput(example.numpy())
    with torch.no_grad():
        return float(np.abs(net.forward() - network(example).numpy()).max())


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("checkpoint")
    parser.add_argument("output")
    options = parser.parse_args()
    state = torch.load(options.checkpoint, map_location="cpu")
    network = networks.Recogniser(state["network"]["embed.weight"].shape[0])
    network.load_state_dict(state["network"])
    network = UnitLength(network).eval()
    torch.manual_seed(1)
    example = torch.randn(1, 3, 112, 112)
    with torch.no_grad():
        before = network(example)
        fold(network)
        print(f"folding changes the embedding by at most {float((network(example) - before).abs().max()):.1e}")
    torch.onnx.export(network, example, options.output, opset_version=12, input_names=["input"], output_names=["embedding"],
                      dynamic_axes={"input": {0: "batch"}, "embedding": {0: "batch"}})
    print(f"step {state['step']}; the file differs by at most {difference(options.output, network, example):.1e}")


if __name__ == "__main__":
    main()
