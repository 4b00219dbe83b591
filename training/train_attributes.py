"""Trains the attribute network: age, gender, race and emotion in one pass, each loss only over the pictures that have its label."""

import csv
import os
import time

import cv2
import numpy as np
import torch
from torch.nn import functional as F

import data
import evaluation
import networks
import run

GENDER = ["Woman", "Man"]
RACE = ["asian", "indian", "black", "white", "middle eastern", "latino hispanic"]
EMOTION = ["angry", "disgust", "fear", "happy", "sad", "surprise", "neutral"]
ZOOM = data.CROP / data.SIDE

# FairFace's own label file went through a spreadsheet, which took two of its age groups for dates.
FAIRFACE_AGE = {"0-2": (0, 2), "03-Sep": (3, 9), "3-9": (3, 9), "Oct-19": (10, 19), "10-19": (10, 19), "20-29": (20, 29), "30-39": (30, 39), "40-49": (40, 49),
                "50-59": (50, 59), "60-69": (60, 69), "more than 70": (70, 100), "70+": (70, 100)}
FAIRFACE_RACE = {"White": "white", "Black": "black", "Indian": "indian", "East Asian": "asian", "Southeast Asian": "asian", "Middle Eastern": "middle eastern",
                 "Latino_Hispanic": "latino hispanic"}


class Crops:
    """The stored crops of several folders, as if they were one."""

    def __init__(self, folders):
        self.parts = [np.memmap(os.path.join(folder, "crops.u8"), np.uint8, "r").reshape(-1, data.SIDE, data.SIDE, 3) for folder in folders]
        self.starts = np.cumsum([0] + [len(part) for part in self.parts])

    def __getitem__(self, row):
        part = np.searchsorted(self.starts, row, "right") - 1
        return self.parts[part][row - self.starts[part]]


def zoom(random):
    """Mostly the product's framing; at times a tighter one, as of a picture that is a face and is taken whole."""
    return ZOOM * (1 if random.random() < 0.7 else np.exp(random.uniform(-0.05, 0.45)))


def taught_emotions(folder, count):
    """The teacher's probabilities of a folder's rows; not a number where it was not asked."""
    path = os.path.join(folder, "emotion.f32")
    return np.fromfile(path, np.float32).reshape(count, len(EMOTION)) if os.path.exists(path) else np.full((count, len(EMOTION)), np.nan, np.float32)


class Labelled:
    """Stored crops with what is known of each: age range (−1: unknown), class numbers (−1: unknown), the teacher's emotion (not a number: unknown)."""

    def __init__(self, folders, packs, fairface_csv):
        indices = [data.read_index(folder) for folder in folders]
        self.rows = [row for index in indices for row in index]
        count = len(self.rows)
        self.crops = Crops(folders)
        self.taught = np.concatenate([taught_emotions(folder, len(index)) for folder, index in zip(folders, indices)])
        self.age = np.full((count, 2), -1)
        self.classes = {"gender": np.full(count, -1), "race": np.full(count, -1), "emotion": np.full(count, -1)}
        labels = {os.path.basename(pack).replace(".tar.gz", ""): data.read_labels(pack) for pack in packs}
        if fairface_csv:
            with open(fairface_csv, newline="") as file:
                labels["train"] = {row["file"].split("/")[-1]: self._fairface(row) for row in csv.DictReader(file)}
        train, dev = [], []
        for row, (source, name) in enumerate(self.rows):
            if source == "attr_fairface" and fairface_csv:
                train.append(row)  # pictures of the folder again: their labels would leak into its held-out part, the teacher's word does not
                continue
            if source == "Training":  # FER2013's folder of that name: a folder for every emotion
                self.classes["emotion"][row] = EMOTION.index(name.split("/")[0].lower())
                train.append(row)
                continue
            label = labels.get(source, {}).get(name)
            if label is None:
                continue
            if label.get("age"):
                self.age[row] = min(100, int(float(label["age"])))
            elif label.get("age_min"):
                self.age[row] = int(label["age_min"]), min(100, int(label["age_max"]))
            for kind, names in (("gender", GENDER), ("race", RACE), ("emotion", EMOTION)):
                if label.get(kind) in names:
                    self.classes[kind][row] = names.index(label[kind])
            held_out = label["split"] == "dev" if "split" in label else data.is_held_out(name)
            (dev if held_out else train).append(row)
        self.train, self.dev = np.array(train), np.array(dev)

    @staticmethod
    def _fairface(row):
        low, high = FAIRFACE_AGE[row["age"]]
        return {"age_min": low, "age_max": high, "gender": {"Male": "Man", "Female": "Woman"}[row["gender"]], "race": FAIRFACE_RACE[row["race"]]}

    def weights(self, kind):
        """Class weights against imbalance: one over the square root of the frequency, of mean 1."""
        counts = np.bincount(self.classes[kind][self.train][self.classes[kind][self.train] >= 0], minlength=networks.Attributes.SIZES[kind])
        weights = 1 / np.sqrt(np.maximum(counts, 1))
        return torch.from_numpy((weights / weights.mean()).astype(np.float32))


def age_loss(logits, low, high):
    """The probability of the labelled years, and the distance of the expected age from them. An exact age counts with the two years around it."""
    years = torch.arange(101, device=logits.device)
    exact = (low == high).long()
    inside = (years >= (low - 2 * exact)[:, None]) & (years <= (high + 2 * exact)[:, None])
    likelihood = -torch.log((logits.softmax(1) * inside).sum(1) + 1e-6)
    expected = (logits.softmax(1) * years).sum(1)
    outside = F.relu(low - expected) + F.relu(expected - high)
    return likelihood.mean() + 0.1 * outside.mean()


def loss_of(told, age, classes, taught, weights):
    """The sum of the losses over what each picture has, and their values for the log."""
    losses = {}
    known = age[:, 0] >= 0
    if known.any():
        losses["age"] = age_loss(told["age"][known], age[known, 0], age[known, 1])
    for kind, numbers in classes.items():
        known = numbers >= 0
        if known.any():
            losses[kind] = F.cross_entropy(told[kind][known], numbers[known], weights[kind], label_smoothing=0.05)
    known = taught[:, 0].isfinite()
    if known.any():
        losses["taught"] = F.kl_div(told["emotion"][known].log_softmax(1), taught[known], reduction="batchmean")
    return 0.4 * losses.get("age", 0) + 2 * losses.get("gender", 0) + losses.get("race", 0) + losses.get("emotion", 0) + 0.5 * losses.get("taught", 0), losses


def main():
    parser = run.parser(__doc__, steps=4_000, batch=128, rate=2e-3)
    parser.add_argument("--faces", nargs="+", required=True, help="folders that FaceAspire.TrainingData wrote")
    parser.add_argument("--packs", nargs="+", required=True, help="the packed sets with labels")
    parser.add_argument("--fairface-csv", help="FairFace's label file, for its folder 'train'")
    options = parser.parse_args()
    cv2.setNumThreads(1)
    torch.manual_seed(options.seed)
    faces = Labelled(options.faces, options.packs, options.fairface_csv)
    network = networks.Attributes()
    if options.init:
        run.start(network, options.init)
    print(f"{len(faces.train)} faces to train on, {len(faces.dev)} of dev; {sum(p.numel() for p in network.parameters()) / 1e6:.2f} M parameters", flush=True)
    network = network.to(options.device, memory_format=torch.channels_last)
    training = run.Run(options, "attributes", decay=0.05, network=network)
    weights = {kind: faces.weights(kind).to(options.device) for kind in faces.classes}
    # Emotion labels are scarce: a third of every batch has one.
    with_emotion = faces.train[faces.classes["emotion"][faces.train] >= 0]
    without = faces.train[faces.classes["emotion"][faces.train] < 0]

    def make(number):
        random = training.random(number)
        third = options.batch // 3 if len(with_emotion) else 0
        rows = np.concatenate([random.choice(with_emotion, third), random.choice(without, options.batch - third, replace=False)])
        pictures = np.stack([data.augment(faces.crops[row], random, zoom(random), gray=0.15) for row in rows])
        return (torch.from_numpy(data.to_input(pictures)), torch.from_numpy(faces.age[rows]),
                {kind: torch.from_numpy(numbers[rows]) for kind, numbers in faces.classes.items()}, torch.from_numpy(faces.taught[rows]))

    began, sums = time.time(), {}
    for number, (pictures, age, classes, taught) in enumerate(data.batches(make, options.steps - training.first)):
        step = training.first + number
        pictures = pictures.to(options.device, memory_format=torch.channels_last)
        with torch.autocast(options.device, dtype=torch.bfloat16, enabled=options.half):
            told = network(pictures)
        told = {kind: logits.float() for kind, logits in told.items()}
        loss, losses = loss_of(
            told, age.to(options.device), {kind: numbers.to(options.device) for kind, numbers in classes.items()}, taught.to(options.device), weights)
        training.step(step, loss)
        for kind, value in losses.items():
            sums[kind] = sums.get(kind, 0) + float(value) / 100
        if (step + 1) % 100 == 0:
            print(f"step {step + 1}: " + ", ".join(f"{kind} {value:.3f}" for kind, value in sums.items())
                  + f", {options.batch * (number + 1) / (time.time() - began):.0f} pictures/s", flush=True)
            sums = {}
        if training.is_due(step):
            training.save(step, evaluation.attributes(network, faces, options.device))


if __name__ == "__main__":
    main()
