"""Trains FaceLite by distillation: its embedding of a damaged crop is to be the joined teachers' embedding of the clean one."""

import time

import cv2
import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

import data
import evaluation
import networks
import run


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


def main():
    parser = run.parser(__doc__, steps=10_500, batch=128, rate=5e-3)
    parser.add_argument("--faces", required=True, help="folder that FaceAspire.TrainingData wrote")
    parser.add_argument("--identities", required=True, help="rec_celeba_film.tar.gz")
    parser.add_argument("--dimension", type=int, default=192)
    options = parser.parse_args()
    cv2.setNumThreads(1)
    torch.manual_seed(options.seed)
    faces = data.Faces(options.faces, options.identities, options.dimension)
    network = networks.Recogniser(options.dimension)
    print(f"{len(faces.train)} faces to train on, {len(faces.held_out)} held out, {len(faces.dev)} of dev people; "
          f"{sum(p.numel() for p in network.parameters()) / 1e6:.2f} M parameters, {networks.multiply_adds(network, data.CROP) / 1e6:.0f} M multiply-adds", flush=True)
    accuracy, accepted = evaluation.teachers(faces)
    print(f"the teachers joined: dev_accuracy {accuracy:.4f}, dev_tar {accepted:.4f}", flush=True)
    if options.init:
        run.start(network, options.init)
    network = network.to(options.device, memory_format=torch.channels_last)
    margin = AngularMargin(options.dimension, faces.people).to(options.device)
    training = run.Run(options, "recogniser", decay=0.02, network=network, margin=margin)
    targets = torch.from_numpy(faces.targets.astype(np.float32))
    identities = torch.from_numpy(faces.identities)

    def make(number):
        random = training.random(number)
        rows = random.choice(faces.train, options.batch, replace=False)
        pictures = np.stack([data.augment(faces.crops[row], random) for row in rows])
        return torch.from_numpy(data.to_input(pictures)), targets[rows], identities[rows]

    began, sums = time.time(), np.zeros(3)
    for number, (pictures, wanted, people) in enumerate(data.batches(make, options.steps - training.first)):
        step = training.first + number
        pictures = pictures.to(options.device, memory_format=torch.channels_last)
        wanted, people = wanted.to(options.device), people.to(options.device)
        with torch.autocast(options.device, dtype=torch.bfloat16, enabled=options.half):
            embeddings = network(pictures)
        embeddings = F.normalize(embeddings.float())
        cosine = (embeddings * wanted).sum(1).mean()
        relation = F.mse_loss(embeddings @ embeddings.T, wanted @ wanted.T)
        known = people >= 0
        identity = margin(embeddings[known], people[known]) if known.any() else embeddings.sum() * 0
        training.step(step, (1 - cosine) + relation + 0.005 * identity)
        sums += [cosine.item(), relation.item(), identity.item()]
        if (step + 1) % 100 == 0:
            cosine, relation, identity = sums / 100
            speed = options.batch * (number + 1) / (time.time() - began)
            print(f"step {step + 1}: cosine {cosine:.4f}, relation {relation:.5f}, identity {identity:.2f}, {speed:.0f} pictures/s", flush=True)
            sums[:] = 0
        if training.is_due(step):
            training.save(step, evaluation.recogniser(network, faces, options.device))


if __name__ == "__main__":
    main()
