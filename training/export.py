"""Writes a trained network as ONNX, batch norm folded into the convolutions, and checks that the file computes what the network does."""

import argparse

import cv2
import numpy as np
import torch
from torch import nn
from torch.nn import functional as F
from torch.nn.utils.fusion import fuse_conv_bn_eval

import networks


class Embedding(nn.Module):
    """The recogniser with embeddings of length 1."""

    OUTPUTS = ["embedding"]
    DYNAMIC = {0: "batch"}
    example = torch.randn(1, 3, 112, 112)

    def __init__(self, state):
        super().__init__()
        self.network = networks.Recogniser(state["embed.weight"].shape[0])
        self.network.load_state_dict(state)

    def forward(self, x):
        return (F.normalize(self.network(x)),)


class Told(nn.Module):
    """The attributes as people read them: the expected age in years, and probabilities."""

    OUTPUTS = list(networks.Attributes.SIZES)
    DYNAMIC = {0: "batch"}
    example = torch.randn(1, 3, 112, 112)

    def __init__(self, state):
        super().__init__()
        self.network = networks.Attributes()
        self.network.load_state_dict(state)
        # People count whole years that have passed, so who says 30 is 30.5 on average; the service truncates again.
        self.register_buffer("years", 0.5 + torch.arange(networks.Attributes.SIZES["age"], dtype=torch.float32)[:, None])

    def forward(self, x):
        logits = self.network(x)
        return (logits["age"].softmax(1) @ self.years, *[logits[kind].softmax(1) for kind in self.OUTPUTS[1:]])


class Cells(nn.Module):
    """The detector's numbers under YuNet's names, so that one decoder reads both. The one score stands for both of YuNet's, whose geometric mean the decoder takes."""

    OUTPUTS = [f"{part}_{stride}" for part in ("cls", "obj", "bbox", "kps") for stride in networks.Detector.STRIDES]
    DYNAMIC = {2: "height", 3: "width"}
    example = 255 * torch.rand(1, 3, 96, 128)

    def __init__(self, state):
        super().__init__()
        self.network = networks.Detector()
        self.network.load_state_dict(state)
        self.network.stem[0][0].weight.data /= networks.Detector.UNIT

    def forward(self, x):
        maps = [m.permute(0, 2, 3, 1).reshape(1, -1, networks.Detector.NUMBERS) for m in self.network.maps(x)]
        scores = [m[..., :1].sigmoid() for m in maps]
        return (*scores, *[score + 0 for score in scores], *[m[..., 1:5] for m in maps], *[m[..., 5:] for m in maps])


NETWORKS = {"recogniser": Embedding, "attributes": Told, "detector": Cells}


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
    said = net.forward(network.OUTPUTS)
    with torch.no_grad():
        return max(float(np.abs(one.reshape(other.shape) - other.numpy()).max()) for one, other in zip(said, network(example)))


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("network", choices=NETWORKS)
    parser.add_argument("checkpoint")
    parser.add_argument("output")
    options = parser.parse_args()
    state = torch.load(options.checkpoint, map_location="cpu")
    network = NETWORKS[options.network](state["network"]).eval()
    example = network.example
    with torch.no_grad():
        before = network(example)
        fold(network)
        print(f"folding changes the outputs by at most {max(float((a - b).abs().max()) for a, b in zip(network(example), before)):.1e}")
    torch.onnx.export(network, example, options.output, opset_version=12, input_names=["input"], output_names=network.OUTPUTS,
                      dynamic_axes={"input": network.DYNAMIC, **({name: {0: "batch"} for name in network.OUTPUTS} if 0 in network.DYNAMIC else {})})
    print(f"step {state['step']}; the file differs by at most {difference(options.output, network, example):.1e}")


if __name__ == "__main__":
    main()
