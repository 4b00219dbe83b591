"""Trains the detector by dense distillation: in every cell of every scale it is to say what the teacher says there, over collages without labels."""

import concurrent.futures
import os
import time

import cv2
import numpy as np
import torch
from torch.nn import functional as F

import collage
import evaluation
import networks
import run
from teacher import Jury, YuNet


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


def fill_pool(collages, teacher, options):
    """Batches of collages with what the teacher says of them, made once and shown many times: to make one takes longer than to learn from it."""

    def make(number):
        random = np.random.default_rng((options.seed, number))
        # As many pixels in every batch: few large pictures, for faces that fill 640 pixels, or four times as many of a quarter.
        side, count = (640, options.batch // 4) if random.random() < 0.25 else (320, options.batch)
        pictures = np.stack([collages.make(random, side) for _ in range(count)])
        return pictures, teacher.cells(torch.from_numpy(pictures).permute(0, 3, 1, 2).float()).half()

    threads, began = torch.get_num_threads(), time.time()
    torch.set_num_threads(1)
    with concurrent.futures.ThreadPoolExecutor(threads) as workers:
        pool = list(workers.map(make, range(options.pool)))
    torch.set_num_threads(threads)
    print(f"{sum(len(pictures) for pictures, _ in pool)} collages in {time.time() - began:.0f} s", flush=True)
    return pool


def turn(options, step):
    """Which batch of the pool a step takes: all of them in a new order, then again."""
    return np.random.default_rng((options.seed, 1 + step // options.pool)).permutation(options.pool)[step % options.pool]


def main():
    parser = run.parser(__doc__, steps=20_000, batch=16, rate=4e-3, every=1_000)
    parser.add_argument("--portraits", nargs="+", required=True, help="packed sets or folders of pictures with one face")
    parser.add_argument("--photos", required=True, help="det_photos.tar.gz")
    parser.add_argument("--teachers", nargs="+", required=True, help="yunet_s_dynamic.onnx and others of its kind; the first one is also what evaluations compare with")
    parser.add_argument("--pool", type=int, default=1_500, help="batches of collages; 6 MB of memory each")
    options = parser.parse_args()
    cv2.setNumThreads(1)
    torch.manual_seed(options.seed)
    portraits = [picture for path in options.portraits for picture in (collage.read_folder(path) if os.path.isdir(path) else collage.read_pack(path))]
    photos, dev = collage.read_named(options.photos), collage.dev_names(options.photos)
    held_out = [photo for name, photo in photos.items() if name in dev]
    collages = collage.Collages(portraits, [photo for name, photo in photos.items() if name not in dev])
    teachers = [YuNet(path) for path in options.teachers]
    network = networks.Detector()
    if options.init:
        run.start(network, options.init)
    print(f"{len(portraits)} portraits, {len(photos)} photos, {len(held_out)} of them held out; {sum(p.numel() for p in network.parameters()) / 1e6:.3f} M parameters, "
          f"{networks.multiply_adds(network, 640) / 1e6:.0f} M multiply-adds at 640×640", flush=True)
    network = network.to(options.device, memory_format=torch.channels_last)
    training = run.Run(options, "detector", decay=0.01, network=network)

    pool = fill_pool(collages, Jury(teachers), options)
    began, sums, seen = time.time(), np.zeros(3), 0
    for step in range(training.first, options.steps):
        pictures, wanted = pool[turn(options, step)]
        pictures = torch.from_numpy(pictures).permute(0, 3, 1, 2).float().to(options.device)
        wanted = wanted.to(options.device).float()
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
            training.save(step, evaluation.detector(network, teachers[0], held_out, options.device))


if __name__ == "__main__":
    main()
