"""Draws what a checkpoint's evaluations said over its steps."""

import argparse

import matplotlib
import torch

matplotlib.use("Agg")
from matplotlib import pyplot  # noqa: E402  (the backend is chosen first)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("checkpoint")
    parser.add_argument("output", help="a .png")
    options = parser.parse_args()
    log = torch.load(options.checkpoint, map_location="cpu")["log"]
    names = [name for name in log[0] if name != "step"]
    figure, axes = pyplot.subplots(1, len(names), figsize=(3.2 * len(names), 2.6), squeeze=False)
    for axis, name in zip(axes[0], names):
        axis.plot([entry["step"] for entry in log], [entry[name] for entry in log], color="#2f5d8a")
        axis.set_title(name.replace("_", " "), fontsize=9)
        axis.set_xlabel("step", fontsize=8)
        axis.tick_params(labelsize=7)
        axis.grid(alpha=0.3)
    figure.tight_layout()
    figure.savefig(options.output, dpi=110)


if __name__ == "__main__":
    main()
