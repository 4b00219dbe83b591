"""The three networks of the FaceLite family, as they are trained. Dense convolutions throughout: they train and run faster on a
CPU than depthwise ones of the same accuracy, and quantise better."""

import torch
from torch import nn


def conv(channels_in, channels_out, kernel=1, stride=1, groups=1, activation=True):
    """Convolution without bias, batch norm and (unless switched off) leaky ReLU. With plain ReLU the same steps reach half the cosine (README, choices)."""
    layers = [
        nn.Conv2d(channels_in, channels_out, kernel, stride, kernel // 2, groups=groups, bias=False),
        nn.BatchNorm2d(channels_out),
    ]
    if activation:
        layers.append(nn.LeakyReLU(0.2, inplace=True))
    return nn.Sequential(*layers)


class Bottleneck(nn.Module):
    """1×1 to half the channels, 3×3, 1×1 back, added to the input, with nothing behind the sum (arXiv:1512.03385, 1801.04381)."""

    def __init__(self, channels):
        super().__init__()
        middle = channels // 2
        self.body = nn.Sequential(conv(channels, middle), conv(middle, middle, 3), conv(middle, channels, activation=False))

    def forward(self, x):
        return x + self.body(x)


def stage(channels_in, channels_out, blocks):
    """Halves the resolution, then a number of bottlenecks."""
    return nn.Sequential(conv(channels_in, channels_out, 3, stride=2), *[Bottleneck(channels_out) for _ in range(blocks)])


class Recogniser(nn.Module):
    """Aligned 112×112 RGB in (x − 127.5) / 128 to an embedding; unit length when exported."""

    def __init__(self, dimension=192, width=(24, 64, 128, 256), blocks=(2, 4, 1), head=512):
        super().__init__()
        self.body = nn.Sequential(
            conv(3, width[0], 3, stride=2),
            stage(width[0], width[1], blocks[0]),
            stage(width[1], width[2], blocks[1]),
            stage(width[2], width[3], blocks[2]),
            conv(width[3], head),
        )
        # Global depthwise convolution: a weight of its own for every place of the face (MobileFaceNet, arXiv:1804.07573).
        self.pool = nn.Sequential(nn.Conv2d(head, head, 7, groups=head, bias=False), nn.BatchNorm2d(head), nn.Flatten())
        self.embed = nn.Linear(head, dimension)

    def forward(self, x):
        return self.embed(self.pool(self.body(x)))


def multiply_adds(network, size):
    """Multiply-adds of one picture of size × size."""
    total = 0

    def count(module, _, output):
        nonlocal total
        if isinstance(module, nn.Conv2d):
            total += output[0].numel() * module.in_channels // module.groups * module.kernel_size[0] * module.kernel_size[1]
        else:
            total += module.in_features * module.out_features

    hooks = [m.register_forward_hook(count) for m in network.modules() if isinstance(m, (nn.Conv2d, nn.Linear))]
    was_training = network.training
    with torch.no_grad():
        network.eval()(torch.zeros(1, 3, size, size))
    network.train(was_training)
    for hook in hooks:
        hook.remove()
    return total
