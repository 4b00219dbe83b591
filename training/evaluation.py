"""How good a network is, on people and pictures that it was not trained on."""

import contextlib

import cv2
import numpy as np
import torch
from torch.nn import functional as F

import data
import networks


@contextlib.contextmanager
def asking(network):
    """The network as it answers, without gradients; afterwards it is as it was."""
    training = network.training
    network.eval()
    with torch.no_grad():
        yield
    network.train(training)


def embed(network, crops, device, batch=128):
    """Unit embeddings of 112×112 crops."""
    vectors = []
    with asking(network):
        for start in range(0, len(crops), batch):
            pictures = torch.from_numpy(data.to_input(crops[start : start + batch])).to(device, memory_format=torch.channels_last)
            vectors.append(F.normalize(network(pictures).float()).cpu().numpy())
    return np.concatenate(vectors)


def verification(vectors, people):
    """Best accuracy at an equal number of true and false pairs, and the share of true pairs accepted at a false-match rate of 1e-3."""
    similarity = vectors @ vectors.T
    first, second = np.triu_indices(len(people), 1)
    same = people[first] == people[second]
    true, false = np.sort(similarity[first, second][same]), np.sort(similarity[first, second][~same])
    thresholds = np.quantile(np.concatenate([true, false]), np.linspace(0, 1, 4001))
    accepted = 1 - np.searchsorted(true, thresholds) / len(true)
    refused = np.searchsorted(false, thresholds) / len(false)
    at_rate = false[int(np.ceil(len(false) * (1 - 1e-3))) - 1]
    return float(((accepted + refused) / 2).max()), float((true > at_rate).mean())


def recogniser(network, faces, device):
    """Cosine to the teachers on held-out faces, and verification on the dev people."""
    held_out = embed(network, data.centre(faces.crops[faces.held_out]), device)
    rows = np.array(list(faces.dev))
    accuracy, accepted = verification(embed(network, data.centre(faces.crops[rows]), device), np.array(list(faces.dev.values())))
    return {"held_out_cosine": float((held_out * faces.targets[faces.held_out]).sum(1).mean()), "dev_accuracy": accuracy, "dev_tar": accepted}


def teachers(faces):
    """Verification by the joined teachers on the dev people: the ceiling."""
    rows = np.array(list(faces.dev))
    return verification(faces.targets[rows], np.array(list(faces.dev.values())))


def attributes(network, faces, device, batch=128):
    """Mean absolute error of the age where it is exact, distance to the range elsewhere, and accuracies, on the dev pictures."""
    told = []
    with asking(network):
        for start in range(0, len(faces.dev), batch):
            rows = faces.dev[start : start + batch]
            pictures = torch.from_numpy(data.to_input(np.stack([data.whole(faces.crops[row]) for row in rows])))
            logits = network(pictures.to(device, memory_format=torch.channels_last))
            told.append({kind: values.float().softmax(1).cpu().numpy() for kind, values in logits.items()})
    told = {kind: np.concatenate([part[kind] for part in told]) for kind in told[0]}
    expected = told["age"] @ np.arange(told["age"].shape[1])
    low, high = faces.age[faces.dev].T
    figures = {}
    exact, ranged = (low >= 0) & (low == high), (low >= 0) & (low < high)
    if exact.any():
        figures["age_mae"] = float(np.abs(expected - low)[exact].mean())
    if ranged.any():
        figures["age_outside"] = float((np.maximum(low - expected, 0) + np.maximum(expected - high, 0))[ranged].mean())
    for kind, numbers in faces.classes.items():
        known = numbers[faces.dev] >= 0
        if known.any():
            figures[kind] = float((told[kind].argmax(1) == numbers[faces.dev])[known].mean())
    return figures


def decode(cells, height, width, least):
    """YuNet's 15 numbers a cell to faces: score, box x y w h, five points; above a score, overlapping ones suppressed."""
    rows, start = [], 0
    for stride in networks.Detector.STRIDES:
        h, w = height // stride, width // stride
        part = cells[start : start + h * w]
        start += h * w
        cell = np.stack(np.meshgrid(np.arange(w), np.arange(h)), 2).reshape(-1, 2)
        kept = part[:, 0] >= least
        part, cell = part[kept], cell[kept]
        centre, size = (cell + part[:, 1:3]) * stride, np.exp(np.clip(part[:, 3:5], -10, 10)) * stride
        points = (part[:, 5:].reshape(-1, 5, 2) + cell[:, None]) * stride
        rows.append(np.concatenate([part[:, :1], centre - size / 2, size, points.reshape(-1, 10)], 1))
    rows = np.concatenate(rows)
    rows = rows[np.argsort(-rows[:, 0])]
    kept = []
    while len(rows):
        kept.append(rows[0])
        rows = rows[overlaps(rows[0, 1:5], rows[:, 1:5]) <= 0.3]
    return kept


def overlaps(box, others):
    """Intersection over union of a box x y w h with several."""
    least, most = np.maximum(box[:2], others[:, :2]), np.minimum(box[:2] + box[2:], others[:, :2] + others[:, 2:])
    inside = np.maximum(most - least, 0).prod(1)
    return inside / (box[2:].prod() + others[:, 2:].prod(1) - inside + 1e-9)


def overlap(a, b):
    """The same of two boxes."""
    return overlaps(a, b[None])[0]


def detector(network, teacher, photos, device, least=0.7):
    """Against the teacher's sure faces on held-out photos, whole and at half size: recall where a picture has 0.1 faces that the teacher does not see
    even faintly, and the mean error of the landmarks in distances of the eyes."""
    found, faces, pictures, errors = [], 0, 0, []
    for photo in photos:
        for scale in (1.0, 0.5):
            image = cv2.imdecode(photo, cv2.IMREAD_COLOR)
            image = cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
            pixels = torch.from_numpy(data.to_detector_input(image)).to(device)
            height, width = pixels.shape[2:]
            with asking(network):
                told = networks.cells(network(pixels.contiguous(memory_format=torch.channels_last))).float()[0].cpu().numpy()
            said = teacher.cells(pixels.cpu())[0].numpy()
            told[:, 0] = 1 / (1 + np.exp(-told[:, 0]))
            faint = decode(said, height, width, 0.3)
            sure = [face for face in faint if face[0] >= least]
            taken = set()
            for face in decode(told, height, width, 0.05):
                matches = [(overlap(face[1:5], other[1:5]), number) for number, other in enumerate(sure) if number not in taken]
                best = max(matches, default=(0, -1))
                if best[0] >= 0.5:
                    taken.add(best[1])
                    other = sure[best[1]]
                    eyes = np.linalg.norm(other[5:7] - other[7:9])
                    errors.append(np.linalg.norm((face[5:] - other[5:]).reshape(5, 2), axis=1).mean() / max(eyes, 1))
                    found.append((face[0], True))
                elif all(overlap(face[1:5], other[1:5]) < 0.3 for other in faint):
                    found.append((face[0], False))
            faces += len(sure)
            pictures += 1
    right = wrong = 0
    recall, threshold = 0.0, 1.0
    for score, match in sorted(found, reverse=True):
        right, wrong = right + match, wrong + (not match)
        if wrong > 0.1 * pictures:
            break
        recall, threshold = right / max(1, faces), score
    return {"teacher_faces": faces, "recall": recall, "at_score": float(threshold), "landmark_error": float(np.mean(errors)) if errors else 1.0}
