#!/usr/bin/env python3
"""Trains the fixed tables of the entropy coder in Sources/MetricStore (see its documentation, "Entropy frame").

    residual_tables.py OUT.swift SERIES.npz [SERIES.npz ...]

Each .npz holds `values`: series x samples, as the load generator writes it, or rows of any real metrics. Frames of 240 samples are
turned into tokens exactly as EntropyFrame.swift does; frames are then clustered so that the 64 tables together cost the fewest bits
(k-means with cross entropy as the distance). Needs numpy.
"""
import sys
import numpy as np

FRAME, TOKENS, TABLES, SUM = 240, 46, 64, 256
POWERS = 10.0 ** np.arange(18)


def decimals(values):
    """The integers m of values = m / 10^e, or None where there is no e."""
    finite = values[np.isfinite(values)]
    if finite.size == 0:
        return None
    for power in POWERS[:16]:
        scaled = np.rint(finite * power)
        if np.all(np.abs(scaled) <= 2.0**53) and np.all(scaled / power == finite):
            whole = np.rint(np.where(np.isfinite(values), values, finite[0]) * power)
            return whole.astype(np.int64)
    for power in POWERS[:10]:
        scaled = np.rint(finite * power)
        if np.all(np.abs(scaled) <= 2.0**53):
            near = np.abs(finite.view(np.int64) - (scaled / power).view(np.int64))
            if near.max() <= 128:
                return np.rint(np.where(np.isfinite(values), values, finite[0]) * power).astype(np.int64)
    return None


def ordered(values):
    bits = values.view(np.int64)
    return np.where(bits >= 0, bits, bits ^ np.int64(0x7FFFFFFFFFFFFFFF))


def token(w):
    """The tokens of non-negative integers; see EntropyFrame.swift."""
    w = np.maximum(w, 0)
    exponent = np.zeros(w.shape, dtype=np.int64)
    big = w >= 8
    exponent[big] = np.floor(np.log2(w[big].astype(np.float64))).astype(np.int64)
    t = np.where(big, 8 + (exponent - 3) * 4 + ((w >> np.maximum(exponent - 2, 0)) & 3), w)
    return np.where(t >= TOKENS - 1, TOKENS - 1, t)


def extra(w, t):
    e = (t - 8) // 4 + 1
    length = np.floor(np.log2(np.maximum(w, 1).astype(np.float64))) + 6
    return np.where(t < 8, 0, np.where(t == TOKENS - 1, length, e))


def candidates(integers):
    residuals = integers
    for predictor in range(3):
        if predictor:
            residuals = np.diff(residuals)
        if residuals.size == 0:
            return
        least = residuals.min()
        divisor = int(np.gcd.reduce(residuals - least)) or 1
        steps = (residuals - least) // divisor
        centred = steps - int(np.rint(steps.astype(np.float64).mean()))
        u = (centred << 1) ^ (centred >> 63)
        mean = float(np.abs(u.astype(np.float64)).mean())
        k = max(0, int(np.floor(np.log2(mean + 1))) - 3)
        w = u >> k
        t = token(w)
        bits = extra(w, t).sum() + k * w.size
        yield np.bincount(t, minlength=TOKENS), float(bits)


def histograms(path):
    for row in np.load(path)["values"]:
        for start in range(0, len(row), FRAME):
            frame = np.ascontiguousarray(row[start:start + FRAME], dtype=np.float64)
            integers = decimals(frame)
            if integers is None:
                integers = ordered(frame)
            best = None
            for histogram, bits in candidates(integers):
                p = histogram / histogram.sum()
                entropy = -(histogram[p > 0] * np.log2(p[p > 0])).sum() + bits
                if best is None or entropy < best[0]:
                    best = (entropy, histogram, bits)
            if best and best[1][0] < best[1].sum():
                yield best[1], best[2]


def quantised(p):
    """Counts of at least one where p is not nothing, 256 in all."""
    counts = np.where(p > 0, np.maximum(1, np.rint(p * SUM)), 0).astype(int)
    while counts.sum() != SUM:
        step = 1 if counts.sum() < SUM else -1
        usable = np.where((counts > 1) if step < 0 else (counts > 0))[0]
        loss = [p[i] * (np.log2(counts[i]) - np.log2(counts[i] + step)) for i in usable]
        counts[usable[int(np.argmin(loss))]] += step
    return counts


def main():
    out, paths = sys.argv[1], sys.argv[2:]
    rows = [entry for path in paths for entry in histograms(path)]
    h = np.array([r[0] for r in rows], dtype=np.float64)
    print(f"{len(rows)} frames with residuals, extra bits {sum(r[1] for r in rows) / 8 / h.sum():.4f} B a sample in them")
    rng = np.random.default_rng(1)
    # Begin with frames spread over all mean tokens.
    order = np.argsort((h * np.arange(TOKENS)).sum(1) / h.sum(1))
    seeds = order[np.linspace(0, len(order) - 1, TABLES).astype(int)]
    p = h[seeds] + 0.05
    p /= p.sum(1, keepdims=True)
    for turn in range(60):
        cost = h @ -np.log2(np.maximum(p, 1e-6)).T
        choice = cost.argmin(1)
        total = cost[np.arange(len(h)), choice].sum() / 8 / h.sum()
        for table in range(TABLES):
            members = h[choice == table]
            if len(members) < 4:
                members = h[rng.integers(0, len(h), 8)]
            mixed = members.sum(0)
            p[table] = (mixed + 1e-9) / (mixed + 1e-9).sum()
        if turn % 20 == 19:
            print(f"turn {turn}: {total:.4f} B a sample in entropy-coded frames")
    tables = []
    for table in range(TABLES):
        # What a frame's tokens may be beyond those seen: every table can write all up to its largest and the escape.
        q = p[table].copy()
        q[q < 1 / 2000] = 0
        largest = np.max(np.nonzero(q)[0][:-1]) if q[-1] > 0 and np.count_nonzero(q) > 1 else np.max(np.nonzero(q)[0])
        q[:largest + 1] = np.maximum(q[:largest + 1], 1e-4)
        q[-1] = max(q[-1], 1e-4)
        tables.append(quantised(q / q.sum()))
    # One that can write everything.
    tables[-1] = quantised((p.mean(0) + 1e-3) / (p.mean(0) + 1e-3).sum())
    counts = np.array(tables)
    with np.errstate(divide="ignore"):
        bits = np.where(counts > 0, -np.log2(counts / SUM), 1e6)
    total = (h @ bits.T).min(1).sum() / 8 / h.sum()
    print(f"quantised: {total:.4f} B a sample in entropy-coded frames")
    tables.sort(key=lambda c: (c * np.arange(TOKENS)).sum())
    with open(out, "w") as file:
        file.write(SWIFT_HEAD)
        for counts in tables:
            last = max(i for i in range(TOKENS - 1) if counts[i] > 0)
            words = [str(c) for c in counts[:last + 1]]
            line = "        " + " ".join(words) + f" : {counts[-1]}"
            while len(line) > 118:
                cut = line.rfind(" ", 0, 116)
                file.write(line[:cut] + " \\\n")
                line = "        " + line[cut + 1:]
            file.write(line + "\n")
        file.write('        """\n}\n')


SWIFT_HEAD = '''// Made by Benchmarks/training/residual_tables.py; train again rather than edit.

/// How often each token comes in 64 kinds of frames, out of 256: counts from token 0 on, and behind the colon that of the escape.
enum ResidualTables {
    static let text = """
'''

if __name__ == "__main__":
    main()
