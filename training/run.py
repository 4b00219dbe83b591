"""What the three training runs share: options, schedule, optimizer, checkpoints."""

import argparse
import os

import numpy as np
import torch


def parser(description, steps, batch, rate, every=500):
    """The options of every run."""
    options = argparse.ArgumentParser(description=description)
    options.add_argument("--out", required=True, help="folder for the checkpoint; an existing one is continued")
    options.add_argument("--steps", type=int, default=steps)
    options.add_argument("--batch", type=int, default=batch)
    options.add_argument("--rate", type=float, default=rate, help="largest learning rate")
    options.add_argument("--seed", type=int, default=20_261_124)
    options.add_argument("--init", help="checkpoint whose weights are the start of a new schedule, as far as they fit")
    options.add_argument("--half", action="store_true", help="bfloat16 where it is safe: faster on CPUs and GPUs that have it")
    options.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    options.add_argument("--every", type=int, default=every, help="steps between two evaluations and checkpoints")
    return options


def start(network, path):
    """Takes the weights of a checkpoint that a network has too; another network's trunk, for example."""
    known = torch.load(path, map_location="cpu")["network"]
    network.load_state_dict({name: known.get(name, value) for name, value in network.state_dict().items()})


def rate_at(step, steps, warmup=200):
    """Linear warm-up, then half a cosine down to 1 % of the peak."""
    if step < warmup:
        return (step + 1) / warmup
    return 0.01 + 0.99 * 0.5 * (1 + np.cos(np.pi * (step - warmup) / max(1, steps - warmup)))


class Run:
    """The parts that are trained, their optimizer, and how far they are."""

    def __init__(self, options, name, decay, **modules):
        os.makedirs(options.out, exist_ok=True)
        self.options, self.modules = options, modules
        self.path = os.path.join(options.out, name + ".pt")
        parameters = [p for module in modules.values() for p in module.parameters()]
        self.optimizer = torch.optim.AdamW([
            {"params": [p for p in parameters if p.ndim > 1], "weight_decay": decay},
            {"params": [p for p in parameters if p.ndim <= 1], "weight_decay": 0.0}], lr=options.rate)
        self.first, self.log = 0, []
        if os.path.exists(self.path):
            state = torch.load(self.path, map_location=options.device)
            for key, module in modules.items():
                module.load_state_dict(state[key])
            self.optimizer.load_state_dict(state["optimizer"])
            self.first, self.log = state["step"], state["log"]
            print(f"continued at step {self.first}", flush=True)

    def random(self, number):
        """The step decides the batch, so a continued run sees what an unbroken one would have seen."""
        return np.random.default_rng((self.options.seed, self.first + number))

    def step(self, step, loss):
        """One update."""
        for group in self.optimizer.param_groups:
            group["lr"] = self.options.rate * rate_at(step, self.options.steps)
        self.optimizer.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_([p for module in self.modules.values() for p in module.parameters()], 5.0)
        self.optimizer.step()

    def is_due(self, step):
        """Whether this step is followed by an evaluation."""
        return (step + 1) % self.options.every == 0 or step + 1 == self.options.steps

    def save(self, step, figures):
        """Notes an evaluation and writes the checkpoint, never half of one."""
        self.log.append({"step": step + 1, **figures})
        print("  " + ", ".join(f"{name} {value:.4f}" for name, value in figures.items()), flush=True)
        state = {key: module.state_dict() for key, module in self.modules.items()}
        torch.save({**state, "optimizer": self.optimizer.state_dict(), "step": step + 1, "log": self.log}, self.path + ".new")
        os.replace(self.path + ".new", self.path)
