"""Writes oracle.txt, what pytomato (PyPI, 0.6.3) says about 60 curves: python3 oracle.py > oracle.txt

The vertices are the seconds, each joined to the next one, with the logarithm of the curve and the threshold log(5/4).
"""

import random
from math import log

import numpy as np
from scipy.sparse import diags
from tomato import ToMAToCore

random.seed(19)
print("# Written by oracle.py: the cells of a curve | the peaks of its groups.")
for _ in range(60):
    length = random.randint(20, 90)
    height, cells = random.randint(50, 500), []
    drift = 0
    for _ in range(length):
        drift = 0.7 * drift + random.gauss(0, 40)
        height = max(10, min(2000, height + drift))
        cell = round(height)
        cells.append(cell + 1 if cells and cell == cells[-1] else cell)
    path = diags([np.ones(length - 1)] * 2, [-1, 1]).tocsr()
    core = ToMAToCore(persistence_threshold=log(5 / 4) - 1e-9, ascending=True)
    core.fit(path, np.log(np.array(cells, float)))
    print(*cells, "|", *sorted(core.modes_.values()))
