"""Trains FaceLite by distillation: its embedding of a damaged crop is to be the joined teachers' embedding of the clean one."""

import argparse
import os
import time

import cv2
import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

import data
import evaluation
import networks


class AngularMargin(nn.Module):
    """ArcFace's loss (arXiv:1801.07698) over the people of the labelled rows."""

    def __init__(self, dimension, people, scale=32.0, margin=0.3):
        super().__init__()
        self.centres = nn.Parameter(torch.randn(people, dimension))
        self.scale, self.margin = scale, margin

    def forward(self, embeddings, identities):
        cosines = F.linear(embeddings, F.normalize(self.centres)).clamp(-1 + 1e-6, 1 - 1e-6)
        own = F.one_hot(identities, self.centres.shape[0]).bool()
        return F.cross_entropy(self.scale * torch.where(own, torch.cos(torch.acos(cosines) + self.margin), cosines), identities)


def parse():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--faces", required=True, help="folder that FaceAspire.TrainingData wrote")
    parser.add_argument("--identities", required=True, help="rec_celeba_film.tar.gz")
    parser.add_argument("--out", required=True, help="folder for checkpoints and curves; an existing checkpoint is continued")
    parser.add_argument("--steps", type=int, default=10_000)
    parser.add_argument("--batch", type=int, default=128)
    parser.add_argument("--rate", type=float, default=5e-3)
    parser.add_argument("--init", help="checkpoint whose weights are the start of a new schedule")
    parser.add_argument("--seed", type=int, default=20_261_124)
    parser.add_argument("--dimension", type=int, default=192)
    parser.add_argument("--half", action="store_true", help="bfloat16 where it is safe: faster on CPUs and GPUs that have it")
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    parser.add_argument("--every", type=int, default=500, help="steps between two evaluations and checkpoints")
    return parser.parse_args()


def rate_at(step, steps, warmup=200):
    """Linear warm-up, then half a cosine down to 1 % of the peak."""
    if step < warmup:
        return (step + 1) / warmup
    return 0.01 + 0.99 * 0.5 * (1 + np.cos(np.pi * (step - warmup) / max(1, steps - warmup)))


def main():
    options = parse()
    cv2.setNumThreads(1)
    torch.manual_seed(options.seed)
    os.makedirs(options.out, exist_ok=True)
    checkpoint = os.path.join(options.out, "recogniser.pt")
    faces = data.Faces(options.faces, options.identities, options.dimension)
    network = networks.Recogniser(options.dimension)
    print(f"{len(faces.train)} faces to train on, {len(faces.held_out)} held out, {len(faces.dev)} of dev people; "
          f"{sum(p.numel() for p in network.parameters()) / 1e6:.2f} M parameters, {networks.multiply_adds(network, data.CROP) / 1e6:.0f} M multiply-adds", flush=True)
    network = network.to(options.device, memory_format=torch.channels_last)
    margin = AngularMargin(options.dimension, faces.people).to(options.device)
    decayed = [p for p in network.parameters() if p.ndim > 1]
    plain = [p for p in network.parameters() if p.ndim <= 1]
    optimizer = torch.optim.AdamW(
        [{"params": decayed, "weight_decay": 0.02}, {"params": [*plain, *margin.parameters()], "weight_decay": 0.0}], lr=options.rate)
    first, log = 0, []
    if os.path.exists(checkpoint):
        state = torch.load(checkpoint, map_location=options.device)
        network.load_state_dict(state["network"])
        margin.load_state_dict(state["margin"])
        optimizer.load_state_dict(state["optimizer"])
        first, log = state["step"], state["log"]
        print(f"continued at step {first}", flush=True)
    elif options.init:
        network.load_state_dict(torch.load(options.init, map_location=options.device)["network"])

    targets = torch.from_numpy(faces.targets.astype(np.float32))
    identities = torch.from_numpy(faces.identities)

    def make(number):
        # The step decides the batch, so a continued run sees what an unbroken one would have seen.
        random = np.random.default_rng((options.seed, first + number))
        rows = random.choice(faces.train, options.batch, replace=False)
        pictures = np.stack([data.augment(faces.crops[row], random) for row in rows])
        return torch.from_numpy(data.to_input(pictures)), targets[rows], identities[rows]

    began, sums = time.time(), np.zeros(3)
    for number, (pictures, wanted, people) in enumerate(data.batches(make, options.steps - first)):
        step = first + number
        for group in optimizer.param_groups:
            group["lr"] = options.rate * rate_at(step, options.steps)
        pictures = pictures.to(options.device, memory_format=torch.channels_last)
        wanted, people = wanted.to(options.device), people.to(options.device)
        with torch.autocast(options.device, dtype=torch.bfloat16, enabled=options.half):
            embeddings = network(pictures)
        embeddings = F.normalize(embeddings.float())
        cosine = (embeddings * wanted).sum(1).mean()
        relation = F.mse_loss(embeddings @ embeddings.T, wanted @ wanted.T)
        known = people >= 0
        identity = margin(embeddings[known], people[known]) if known.any() else embeddings.sum() * 0
        loss = (1 - cosine) + relation + 0.005 * identity
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        nn.utils.clip_grad_norm_(network.parameters(), 5.0)
        optimizer.step()
        sums += [cosine.item(), relation.item(), identity.item()]
        if (step + 1) % 100 == 0:
            cosine, relation, identity = sums / 100
            speed = options.batch * (number + 1) / (time.time() - began)
            print(f"step {step + 1}: cosine {cosine:.4f}, relation {relation:.5f}, identity {identity:.2f}, {speed:.0f} pictures/s", flush=True)
            sums[:] = 0
        if (step + 1) % options.every == 0 or step + 1 == options.steps:
            figures = evaluation.recogniser(network, faces, options.device)
            log.append({"step": step + 1, "cosine": float(cosine), **figures})
            print("  " + ", ".join(f"{name} {value:.4f}" for name, value in figures.items()), flush=True)
            torch.save({"network": network.state_dict(), "margin": margin.state_dict(), "optimizer": optimizer.state_dict(), "step": step + 1, "log": log}, checkpoint + ".new")
            os.replace(checkpoint + ".new", checkpoint)


if __name__ == "__main__":
    main()
