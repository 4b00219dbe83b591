"""The three networks of the FaceLite family, as they are trained. Dense convolutions throughout: they train and run faster on a
CPU than depthwise ones of the same accuracy, and quantise better."""

import torch
from torch import nn


def conv(channels_in, channels_out, kernel=1, stride=1, groups=1, activation=True):
    """Convolution without bias, batch norm and (unless switched off) leaky ReLU. With plain ReLU it learns much more slowly."""
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


class Trunk(nn.Module):
    """112×112 RGB in (x − 127.5) / 128 to `head` numbers. Channels come in sixteens, as ONNX Runtime blocks them."""

    def __init__(self, width=(16, 64, 128, 256), blocks=(2, 4, 1), head=512):
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

    def forward(self, x):
        return self.pool(self.body(x))


class Recogniser(Trunk):
    """Crop of the five-point template to an embedding; unit length when exported."""

    def __init__(self, dimension=192):
        super().__init__()
        self.embed = nn.Linear(512, dimension)

    def forward(self, x):
        return self.embed(super().forward(x))


class Attributes(Trunk):
    """The same crop with its surroundings to logits: 101 years of age, then the classes of gender, race and emotion, each in DeepFace's order."""

    SIZES = {"age": 101, "gender": 2, "race": 6, "emotion": 7}

    def __init__(self):
        super().__init__()
        self.drop = nn.Dropout(0.2)
        self.tell = nn.Linear(512, sum(self.SIZES.values()))

    def forward(self, x):
        parts = self.tell(self.drop(super().forward(x))).split(list(self.SIZES.values()), 1)
        return dict(zip(self.SIZES, parts))


class Detector(nn.Module):
    """Bytes B G R (a multiple of 32 pixels) to maps of strides 8, 16 and 32 with 15 numbers a cell: the logit of the score, then box and landmarks in YuNet's
    terms: centre and points in strides from the cell's corner, logarithms of width and height in strides. Widths of 12, 20,
    40 and 56 have a tenth more multiply-adds than these and take half again as long."""

    STRIDES = (8, 16, 32)
    NUMBERS = 15
    UNIT = 128

    def __init__(self, width=(16, 16, 64, 64, 64), neck=48):
        super().__init__()
        self.stem = nn.Sequential(conv(3, width[0], 3, stride=2), conv(width[0], width[1], 3, stride=2))
        self.stages = nn.ModuleList([
            nn.Sequential(conv(width[1], width[2], 3, stride=2), Bottleneck(width[2])),
            nn.Sequential(conv(width[2], width[2], 3, stride=2, groups=width[2]), conv(width[2], width[3]), *[Bottleneck(width[3]) for _ in range(2)]),
            nn.Sequential(conv(width[3], width[3], 3, stride=2, groups=width[3]), conv(width[3], width[4]), *[Bottleneck(width[4]) for _ in range(4)]),
        ])
        self.lateral = nn.ModuleList([conv(channels, neck) for channels in width[2:]])
        self.heads = nn.ModuleList([nn.Sequential(*[layer for _ in range(2) for layer in (conv(neck, neck, 3, groups=neck), conv(neck, neck))],
                                                  nn.Conv2d(neck, self.NUMBERS, 1)) for _ in self.STRIDES])
        for head in self.heads:
            nn.init.constant_(head[-1].bias[0], -4.6)  # one cell in a hundred is a face, before anything is learnt

    def forward(self, x):
        return self.maps(x / self.UNIT)

    def maps(self, x):
        """The same from bytes that have been divided."""
        x = self.stem(x)
        levels = []
        for stage_, lateral in zip(self.stages, self.lateral):
            x = stage_(x)
            levels.append(lateral(x))
        # Top-down sums, as in feature pyramids (arXiv:1612.03144).
        for level in (1, 0):
            levels[level] = levels[level] + nn.functional.interpolate(levels[level + 1], scale_factor=2, mode="nearest")
        levels = [head[:-1](level) for head, level in zip(self.heads, levels)]
        # Always in full precision: a landmark is worth hundredths of a stride.
        with torch.autocast(x.device.type, enabled=False):
            return [head[-1](level if level.dtype == torch.float32 else level.float()) for head, level in zip(self.heads, levels)]


def cells(maps):
    """The detector's maps N×15×h×w to N×cells×15, all strides after one another."""
    return torch.cat([m.flatten(2).transpose(1, 2) for m in maps], 1)


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
