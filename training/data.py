"""Faces as FaceAspire.TrainingData wrote them (the product's own detection and alignment), and what may happen to a picture before a network sees it."""

import csv
import os
import queue
import tarfile
import threading
import zlib

import cv2
import numpy as np

SIDE = 144  # of a stored crop
CROP = 112  # of the aligned crop, in the middle of it
TEACHERS = {"mobilefacenet_512": 512, "mobileface_v2": 256}


def read_index(folder):
    """Source and name of every row of crops.u8."""
    with open(os.path.join(folder, "index.csv"), newline="") as file:
        return [(row["source"], row["file"]) for row in csv.DictReader(file)]


def read_labels(archive):
    """index.csv of a packed set: a dictionary of columns per file."""
    with tarfile.open(archive) as tar:
        lines = tar.extractfile("index.csv").read().decode().splitlines()
    return {row["file"]: row for row in csv.DictReader(lines)}


def is_held_out(name):
    """One picture in forty of a set without a split of its own."""
    return zlib.crc32(name.encode()) % 40 == 0


class Faces:
    """Stored crops, joined teacher embeddings and identities. `train` and `held_out` are row numbers; `dev_identities` maps rows of dev people to names."""

    def __init__(self, folder, identities_archive, dimension):
        self.rows = read_index(folder)
        self.crops = np.memmap(os.path.join(folder, "crops.u8"), np.uint8, "r").reshape(len(self.rows), SIDE, SIDE, 3)
        labels = read_labels(identities_archive)
        train, held_out, dev, names = [], [], {}, []
        for row, (source, name) in enumerate(self.rows):
            label = labels.get(name) if source == "rec_celeba_film" else None
            names.append(label["identity"] if label and label["split"] == "train" else "")
            if label and label["split"] == "dev":
                dev[row] = label["identity"]
            elif is_held_out(name):
                held_out.append(row)
            else:
                train.append(row)
        self.train, self.held_out, self.dev = np.array(train), np.array(held_out), dev
        known = {name: number for number, name in enumerate(sorted(set(names) - {""}))}
        self.identities = np.array([known.get(name, -1) for name in names])
        self.people = len(known)
        self.targets = self._join(folder, dimension)

    def _join(self, folder, dimension):
        """Unit embeddings of the teachers side by side, on the `dimension` directions that hold most of their inner products, unit length again."""
        parts = []
        for teacher, size in TEACHERS.items():
            vectors = np.fromfile(os.path.join(folder, teacher + ".f32"), np.float32).reshape(len(self.rows), size)
            parts.append(vectors / np.linalg.norm(vectors, axis=1, keepdims=True))
        joined = np.concatenate(parts, axis=1)
        # Not centred: the inner product is what verification compares.
        _, basis = np.linalg.eigh(joined[self.train].T @ joined[self.train])
        reduced = joined @ basis[:, ::-1][:, :dimension]
        return reduced / np.linalg.norm(reduced, axis=1, keepdims=True)


def centre(stored):
    """The product's crop."""
    margin = (SIDE - CROP) // 2
    return stored[..., margin : margin + CROP, margin : margin + CROP, :]


def whole(stored):
    """The stored crop with its surroundings at 112×112: what the attribute network sees."""
    return cv2.resize(stored, (CROP, CROP), interpolation=cv2.INTER_LINEAR)


def augment(stored, random, zoom=1.0, gray=0.1):
    """A 112×112 view of a stored crop as a careless camera and an imprecise detector might have given it; `zoom` CROP / SIDE shows all of it."""
    scale, angle = zoom * random.uniform(0.92, 1.08), random.normal(0, 4)
    matrix = cv2.getRotationMatrix2D(((SIDE - 1) / 2, (SIDE - 1) / 2), angle, scale)
    matrix[:, 2] += (CROP - SIDE) / 2 + random.normal(0, 1.5, 2)
    if random.random() < 0.5:  # mirror: x becomes SIDE − 1 − x before anything else
        matrix[:, 2] += matrix[:, 0] * (SIDE - 1)
        matrix[:, 0] *= -1
    picture = cv2.warpAffine(stored, matrix, (CROP, CROP), flags=cv2.INTER_LINEAR)
    kind = random.random()
    if kind < 0.2:
        small = int(random.uniform(20, 80))
        picture = cv2.resize(picture, (small, small), interpolation=cv2.INTER_AREA)
        picture = cv2.resize(picture, (CROP, CROP), interpolation=cv2.INTER_LINEAR)
    elif kind < 0.3:
        picture = cv2.GaussianBlur(picture, (0, 0), random.uniform(0.5, 2))
    elif kind < 0.4:
        _, code = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, int(random.uniform(15, 70))])
        picture = cv2.imdecode(code, cv2.IMREAD_COLOR)
    if random.random() < gray:
        picture = np.repeat((picture @ np.array([0.299, 0.587, 0.114], np.float32))[..., None], 3, 2).astype(np.uint8)
    if random.random() < 0.6:
        table = np.arange(256)[:, None] * random.uniform(0.7, 1.3) + random.uniform(-25, 25) + random.normal(0, 5, (1, 3))
        picture = cv2.LUT(picture, np.clip(table, 0, 255).astype(np.uint8)[:, None, :])
    if random.random() < 0.15:
        height, width = random.integers(15, 50, 2)
        y, x = random.integers(0, CROP - height), random.integers(0, CROP - width)
        picture[y : y + height, x : x + width] = random.integers(0, 256, 3)
    return picture


def to_input(pictures):
    """Bytes N×H×W×3 to floats N×3×H×W in (x − 127.5) / 128."""
    return np.ascontiguousarray(((pictures.astype(np.float32) - 127.5) / 128).transpose(0, 3, 1, 2))


def to_detector_input(picture):
    """A picture B G R as the detector gets it: floats 1×3×H×W in 0..255, black to the right and below up to multiples of 32."""
    padded = cv2.copyMakeBorder(picture, 0, -picture.shape[0] % 32, 0, -picture.shape[1] % 32, cv2.BORDER_CONSTANT)
    return np.ascontiguousarray(padded.transpose(2, 0, 1)[None]).astype(np.float32)


def batches(make, count, ahead=4):
    """make(0) … make(count − 1), computed ahead on one thread."""
    ready = queue.Queue(ahead)

    def work():
        for number in range(count):
            ready.put(make(number))

    threading.Thread(target=work, daemon=True).start()
    for _ in range(count):
        yield ready.get()
