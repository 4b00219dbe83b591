"""Trains the detector by dense distillation: in every cell of every scale it is to say what the teacher says there, over collages without labels."""

import os
import time

import cv2
import numpy as np
import torch
from torch.nn import functional as F

import collage
import data
import evaluation
import networks
import run
from teacher import YuNet


def loss_of(told, wanted):
    """Quality focal loss (arXiv:2006.04388) of the score against the teacher's, and the geometry where the teacher sees a face, in units of its width."""
    score, geometry = wanted[..., 0], wanted[..., 1:]
    logits = told[..., 0]
    faces = score.sum().clamp(min=1)
    focal = (F.binary_cross_entropy_with_logits(logits, score, reduction="none") * (logits.sigmoid() - score).abs() ** 2).sum() / faces
    weight = torch.where(score > 0.3, score ** 2, torch.zeros_like(score))
    size = geometry[..., 2:3].clamp(-2, 6).exp()
    difference = told[..., 1:] - geometry
    scaled = torch.cat([difference[..., :2] / size, difference[..., 2:4], difference[..., 4:] / size], 2)
    errors = F.smooth_l1_loss(scaled, torch.zeros_like(scaled), beta=0.05, reduction="none")
    box = (errors[..., :4].sum(2) * weight).sum() / weight.sum().clamp(min=1)
    points = (errors[..., 4:].sum(2) * weight).sum() / weight.sum().clamp(min=1)
    return focal + 2 * box + 2 * points, (focal, box, points)


def main():
    parser = run.parser(__doc__, steps=8_000, batch=16, rate=4e-3)
    parser.add_argument("--portraits", nargs="+", required=True, help="packed sets or folders of pictures with one face")
    parser.add_argument("--photos", required=True, help="det_photos.tar.gz")
    parser.add_argument("--teacher", required=True, help="yunet_s_dynamic.onnx")
    options = parser.parse_args()
    cv2.setNumThreads(1)
    torch.manual_seed(options.seed)
    portraits = [picture for path in options.portraits for picture in (collage.read_folder(path) if os.path.isdir(path) else collage.read_pack(path))]
    photos = collage.read_pack(options.photos)
    held_out = len(photos) // 10
    collages = collage.Collages(portraits, photos[held_out:])
    teacher = YuNet(options.teacher, options.device)
    network = networks.Detector()
    print(f"{len(portraits)} portraits, {len(photos)} photos, {held_out} of them held out; {sum(p.numel() for p in network.parameters()) / 1e6:.3f} M parameters, "
          f"{networks.multiply_adds(network, 640) / 1e6:.0f} M multiply-adds at 640×640", flush=True)
    network = network.to(options.device, memory_format=torch.channels_last)
    training = run.Run(options, "detector", decay=0.01, network=network)

    def make(number):
        random = training.random(number)
        # As many pixels in every batch: few large pictures, for faces that fill 640 pixels, or four times as many of a quarter.
        side, count = (640, options.batch // 4) if random.random() < 0.25 else (320, options.batch)
        pictures = np.stack([collages.make(random, side) for _ in range(count)])
        return torch.from_numpy(np.ascontiguousarray(pictures.transpose(0, 3, 1, 2))).float()

    began, sums, seen = time.time(), np.zeros(3), 0
    for number, pictures in enumerate(data.batches(make, options.steps - training.first)):
        step = training.first + number
        pictures = pictures.to(options.device, memory_format=torch.channels_last)
        wanted = teacher.cells(pictures)
        with torch.autocast(options.device, dtype=torch.bfloat16, enabled=options.half):
            maps = network(pictures)
        loss, parts = loss_of(networks.cells(maps).float(), wanted)
        training.step(step, loss)
        seen += len(pictures)
        sums += [float(part) for part in parts]
        if (step + 1) % 100 == 0:
            focal, box, points = sums / 100
            print(f"step {step + 1}: score {focal:.4f}, box {box:.4f}, points {points:.4f}, {seen / (time.time() - began):.0f} pictures/s", flush=True)
            sums[:] = 0
        if training.is_due(step):
            training.save(step, evaluation.detector(network, teacher, photos[:held_out], options.device))


if __name__ == "__main__":
    main()
