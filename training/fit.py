"""Fits the upper layers of a liveness network to samples. Resumes from its checkpoint; a seed makes the same network
again on the same machine with the same number of threads."""

import copy
import time

import numpy as np
import torch
from torch.nn import functional as F

BATCH = 128
RATE, WARM_UP = 3e-4, 30  # of AdamW (Loshchilov and Hutter, 2019); rises for WARM_UP steps, then falls as a cosine
SMOOTH = 0.03  # labels are 0.03 and 0.97: some recordings are labelled wrongly
STEPS_PER_CHECKPOINT = 20


def attack_logit(output, real):
    """Log-odds of an attack from the logits of the classes, `real` being the bona fide one."""
    others = [i for i in range(output.shape[1]) if i != real]
    return torch.logsumexp(output[:, others], 1) - output[:, real]


def draw_weights(source, attack, simulated):
    """Chances of being drawn: both classes alike; within a class every source alike, recorded and simulated apart. A
    source of few pictures (below 400 samples) counts a third."""
    group = np.array([f"{a}|{s}|{m}" for s, a, m in zip(source, attack, simulated)])
    names, members = np.unique(group, return_inverse=True)
    counts = np.bincount(members)
    mass = np.where(counts < 400, 0.35, 1.0)
    of_class = np.array([name.split("|")[0] for name in names])
    for name in np.unique(of_class):
        mass[of_class == name] /= mass[of_class == name].sum()
    weights = (mass / counts)[members]
    return weights / weights.sum()


def fit(upper, real, features, chosen, samples, steps, seed, checkpoint, device, report):
    """Trains `upper` in place on `features[chosen]` and gives the running mean of its weights over the steps."""
    upper.to(device, memory_format=torch.channels_last)
    mean = copy.deepcopy(upper)
    optimiser = torch.optim.AdamW(upper.parameters(), RATE, weight_decay=0)
    rng = np.random.default_rng(seed)
    weights = draw_weights(samples.source[chosen], samples.attack[chosen], samples.simulated[chosen])
    batches = [np.sort(rng.choice(chosen, BATCH, p=weights)) for _ in range(steps)]
    begin = 0
    if checkpoint.exists():
        state = torch.load(checkpoint, map_location=device, weights_only=True)
        upper.load_state_dict(state["upper"])
        mean.load_state_dict(state["mean"])
        optimiser.load_state_dict(state["optimiser"])
        begin = state["step"]
    started, recent = time.monotonic(), 0.0
    for step in range(begin, steps):
        rate = RATE * min(1, (step + 1) / WARM_UP) * (0.5 + 0.5 * np.cos(np.pi * step / steps))
        for group in optimiser.param_groups:
            group["lr"] = rate
        x = torch.from_numpy(features[batches[step]]).float().to(device, memory_format=torch.channels_last)
        y = torch.from_numpy(samples.attack[batches[step]]).float().to(device)
        loss = F.binary_cross_entropy_with_logits(attack_logit(upper(x), real), y * (1 - 2 * SMOOTH) + SMOOTH)
        optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(upper.parameters(), 1.0)
        optimiser.step()
        keep = min(0.99, (step + 1) / (step + 20))
        with torch.no_grad():
            for old, new in zip(mean.parameters(), upper.parameters()):
                old.lerp_(new, 1 - keep)
        recent = loss.item() if step == begin else 0.9 * recent + 0.1 * loss.item()
        done = step + 1
        report(done, steps, recent, (time.monotonic() - started) / (done - begin) * (steps - done))
        if done % STEPS_PER_CHECKPOINT == 0 or done == steps:
            partial = checkpoint.with_suffix(".partial")
            torch.save({"step": done, "upper": upper.state_dict(), "mean": mean.state_dict(),
                        "optimiser": optimiser.state_dict()}, partial)
            partial.replace(checkpoint)
    return mean.to("cpu")


def blend(start, fitted, share):
    """Weights between those before (share 0) and after (1) the fit. Some way back keeps most of what was learnt and much
    of what the network knew of other cameras (Wortsman et al., Robust fine-tuning of zero-shot models, 2022)."""
    return {name: start[name] * (1 - share) + fitted[name].detach() * share for name in start}
