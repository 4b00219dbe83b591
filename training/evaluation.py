"""How good a network is, on people and pictures that it was not trained on."""

import numpy as np
import torch
from torch.nn import functional as F

import data


def embed(network, crops, device, batch=128):
    """Unit embeddings of 112×112 crops."""
    training = network.training
    network.eval()
    vectors = []
    with torch.no_grad():
        for start in range(0, len(crops), batch):
            pictures = torch.from_numpy(data.to_input(crops[start : start + batch])).to(device, memory_format=torch.channels_last)
            vectors.append(F.normalize(network(pictures).float()).cpu().numpy())
    network.train(training)
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
    """The same figures for the joined teachers: the ceiling."""
    rows = np.array(list(faces.dev))
    return verification(faces.targets[rows], np.array(list(faces.dev.values())))
