"""M4 Hourly by models of statsforecast (PyPI): a JSON object a line with name, sMAPE, MASE and CPU milliseconds a series.

usage: m4_statsforecast.py TRAIN.csv TEST.csv [slow]

Series without a test are left out. Each model is fitted on its own, one series after the other, and only its processor time counts.
The first series is fitted once before the clock starts, as numba compiles then. `slow` adds models of half a second a series and more.
"""
import csv
import json
import sys
import time
import warnings

import numpy
from statsforecast.models import MSTL, AutoETS, DynamicOptimizedTheta, SeasonalExponentialSmoothingOptimized, SeasonalNaive

warnings.filterwarnings("ignore")
SEASON = 24


def rows(path):
    with open(path, newline="") as file:
        lines = csv.reader(file)
        next(lines)
        return {line[0]: numpy.array([float(cell) for cell in line[1:] if cell not in ("", "NA")]) for line in lines}


def models(slow):
    yield "SeasonalNaive 24", lambda: SeasonalNaive(SEASON)
    yield "SeasonalNaive 168", lambda: SeasonalNaive(7 * SEASON)
    yield "SeasonalExpSmoothing 24", lambda: SeasonalExponentialSmoothingOptimized(SEASON)
    yield "DynamicOptimizedTheta 24", lambda: DynamicOptimizedTheta(SEASON)
    yield "MSTL(24, 168) + ETS(ZZN)", lambda: MSTL([SEASON, 7 * SEASON], trend_forecaster=AutoETS(model="ZZN"))
    if slow:
        yield "AutoETS 24", lambda: AutoETS(SEASON)


def errors(forecast, truth, history):
    sizes = numpy.abs(forecast) + numpy.abs(truth)
    gaps = numpy.abs(forecast - truth)
    smape = numpy.mean(numpy.divide(200 * gaps, sizes, out=numpy.zeros_like(gaps), where=sizes > 0))
    return smape, numpy.mean(gaps) / numpy.mean(numpy.abs(history[SEASON:] - history[:-SEASON]))


def main():
    train, test = rows(sys.argv[1]), rows(sys.argv[2])
    cases = [(train[name], truth) for name, truth in test.items() if name in train]
    for name, make in models("slow" in sys.argv[3:]):
        make().forecast(y=cases[0][0], h=len(cases[0][1]))
        started = time.process_time()
        forecasts = [make().forecast(y=history, h=len(truth))["mean"] for history, truth in cases]
        milliseconds = 1000 * (time.process_time() - started) / len(cases)
        found = [errors(forecast, truth, history) for forecast, (history, truth) in zip(forecasts, cases)]
        smape, mase = numpy.mean(found, axis=0)
        print(json.dumps({"name": name, "sMAPE": smape, "MASE": mase, "milliseconds": milliseconds}), flush=True)


main()
