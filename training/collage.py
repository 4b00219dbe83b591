"""Pictures with faces of all sizes, angles and qualities, made from pictures with faces. They need no labels: the teacher looks at each."""

import csv
import io
import os
import tarfile

import cv2
import numpy as np


def read_pack(path):
    """The encoded pictures of a packed set."""
    return list(read_named(path).values())


def read_named(path):
    """The same by their names."""
    with tarfile.open(path) as tar:
        return {member.name: np.frombuffer(tar.extractfile(member).read(), np.uint8) for member in tar if member.name.endswith(".jpg")}


def dev_names(path):
    """Names of a packed set's pictures that are kept for evaluations."""
    with tarfile.open(path) as tar:
        return {row["file"] for row in csv.DictReader(io.TextIOWrapper(tar.extractfile("index.csv"), "utf-8")) if row["split"] == "dev"}


def read_folder(path):
    """The encoded pictures of a folder."""
    return [np.fromfile(os.path.join(path, name), np.uint8) for name in sorted(os.listdir(path)) if name.endswith(".jpg")]


class Collages:
    """Square pictures B G R: a background, faces pasted on it, and what careless cameras do."""

    def __init__(self, portraits, photos):
        self.portraits, self.photos = portraits, photos

    def make(self, random, side):
        """One picture of side × side pixels."""
        picture = self._background(random, side)
        for _ in range(random.integers(0, 7)):
            self._paste(picture, cv2.imdecode(self.portraits[random.integers(len(self.portraits))], cv2.IMREAD_COLOR), random)
        return self._spoil(picture, random)

    def _background(self, random, side):
        kind = random.random()
        if kind < 0.8:
            return self._mosaic(random, side)
        coarse = random.integers(0, 256, (random.integers(2, 12), random.integers(2, 12), 3)).astype(np.uint8)
        return cv2.resize(coarse, (side, side), interpolation=cv2.INTER_NEAREST if kind < 0.9 else cv2.INTER_CUBIC)

    def _mosaic(self, random, side):
        """Photos in rows, each row of a height of its own: what people look like from afar, and much that is no face."""
        picture = np.empty((side, side, 3), np.uint8)
        y = 0
        while y < side:
            height = int(np.exp(random.uniform(np.log(100), np.log(900))))
            x, shift = 0, random.integers(0, height // 2)  # of a row that is higher than the picture not only the sky
            while x < side:
                photo = cv2.imdecode(self.photos[random.integers(len(self.photos))], cv2.IMREAD_COLOR)
                scale = (height + shift) / photo.shape[0]
                photo = cv2.resize(photo, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR)
                part = photo[shift : shift + side - y, : side - x]
                picture[y : y + part.shape[0], x : x + part.shape[1]] = part
                x += part.shape[1]
            y += part.shape[0]
        return picture

    @staticmethod
    def _paste(picture, portrait, random):
        side = picture.shape[0]
        size = np.exp(random.uniform(np.log(16), np.log(1.3 * side)))
        scale = size / max(portrait.shape[:2])
        if scale < 0.5:
            portrait = cv2.resize(portrait, None, fx=2 * scale, fy=2 * scale, interpolation=cv2.INTER_AREA)
            scale = 0.5
        height, width = portrait.shape[:2]
        angle = random.normal(0, 8) if random.random() < 0.6 else random.uniform(-45, 45)
        matrix = cv2.getRotationMatrix2D((width / 2, height / 2), angle, scale)
        matrix[:, 2] += random.uniform(0, side, 2) - np.array([width / 2, height / 2])
        if random.random() < 0.5:
            portrait = portrait[:, ::-1]
        cv2.warpAffine(portrait, matrix, (side, side), dst=picture, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_TRANSPARENT)
        if random.random() < 0.15:
            centre = (matrix @ np.array([width * random.uniform(0.2, 0.8), height * random.uniform(0.2, 0.8), 1])).astype(int)
            half = max(2, int(size * random.uniform(0.05, 0.25)))
            cv2.rectangle(picture, (int(centre[0] - half), int(centre[1] - half)), (int(centre[0] + half), int(centre[1] + half)),
                          tuple(int(v) for v in random.integers(0, 256, 3)), -1)

    @staticmethod
    def _spoil(picture, random):
        if random.random() < 0.5:
            table = 255 * (np.arange(256) / 255) ** np.exp(random.normal(0, 0.5)) * random.uniform(0.4, 1.1)
            picture = cv2.LUT(picture, np.clip(table[:, None] * random.uniform(0.9, 1.1, (1, 3)), 0, 255).astype(np.uint8)[:, None, :])
        kind = random.random()
        if kind < 0.15:
            picture = cv2.GaussianBlur(picture, (0, 0), random.uniform(0.5, 2))
        elif kind < 0.3:
            picture = cv2.imdecode(cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, int(random.uniform(15, 70))])[1], cv2.IMREAD_COLOR)
        elif kind < 0.4:
            picture = np.clip(picture + random.normal(0, random.uniform(3, 20), picture.shape), 0, 255).astype(np.uint8)
        if random.random() < 0.1:
            picture = cv2.cvtColor(cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY), cv2.COLOR_GRAY2BGR)
        return picture
