"""Chooses the parameters of a sweep's trials, one JSON line for each JSON line that it is asked.

A question holds everything that its answer depends on, so that asking again after a crash answers the same:

    {"space": {"lr": {"type": "uniform", "min_value": 0.1, "max_value": 1}}, "algorithm": "bayesian", "rule": "random",
     "goal": "maximize", "seed": 7, "index": 3, "count": 1, "trials": [{"parameters": {"lr": 0.4}, "value": 0.9}, …]}

The answer is `{"trials": [{"lr": 0.25}]}`, with fewer trials than asked for when a grid has no more, or
`{"error": "…"}`.
Random and grid need nothing but Python itself; `sobol` needs SciPy, and `bayesian` Optuna.
"""

import json
import math
import random
import statistics
import sys


class Refusal(Exception):
    """What the user must change, in one sentence."""


def number(name, distribution, key):
    value = distribution.get(key)
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
        raise Refusal("the search space of '%s' has no number for %s" % (name, key))
    return value


def stepped(value, q):
    """The multiple of q next to a value; whole where q is."""
    result = round(value / q) * q
    if isinstance(q, int):
        return int(result)
    # 3 * 0.1 is 0.30000000000000004, which nobody wants on a command line.
    return float("%.12g" % result)


def parameter(name, distribution, u):
    """Where in its distribution a parameter stands at the quantile u, which is inside of 0 and 1."""
    kind = distribution.get("type")
    if kind == "choice":
        values = options(name, distribution)
        return values[min(int(u * len(values)), len(values) - 1)]
    if kind == "randint":
        upper = number(name, distribution, "upper")
        if int(upper) < 1:
            raise Refusal("the search space of '%s' has an upper that is not above 0" % name)
        return min(int(u * int(upper)), int(upper) - 1)
    if kind in ("uniform", "quniform", "loguniform", "qloguniform"):
        low, high = number(name, distribution, "min_value"), number(name, distribution, "max_value")
        if low > high:
            raise Refusal("the search space of '%s' has a min_value above its max_value" % name)
        value = low + (high - low) * u
        if "log" in kind:
            # As Azure ML has it: the bounds are those of the logarithm.
            value = math.exp(min(value, 700))
    elif kind in ("normal", "qnormal", "lognormal", "qlognormal"):
        mu, sigma = number(name, distribution, "mu"), number(name, distribution, "sigma")
        value = statistics.NormalDist(mu, sigma).inv_cdf(u) if sigma > 0 else float(mu)
        if "log" in kind:
            value = math.exp(min(value, 700))
    else:
        raise Refusal("the search space of '%s' has the distribution '%s', which is not known" % (name, kind))
    return stepped(value, quantum(name, distribution)) if kind.startswith("q") else value


def quantum(name, distribution):
    q = number(name, distribution, "q")
    if q <= 0:
        raise Refusal("the search space of '%s' has a q that is not above 0" % name)
    return q


def options(name, distribution):
    values = distribution.get("values")
    if not isinstance(values, list) or not values:
        raise Refusal("the search space of '%s' has no values to choose from" % name)
    return values


def from_random(question):
    names = sorted(question["space"])
    # Every trial has a source of its own, so that none depends on how many were drawn before it.
    source = random.Random("%s/%s" % (question["seed"], question["index"]))
    quantiles = {name: min(max(source.random(), 1e-12), 1 - 1e-12) for name in names}
    return {name: parameter(name, question["space"][name], quantiles[name]) for name in names}


def from_sobol(question):
    from scipy.stats import qmc

    names = sorted(question["space"])
    sequence = qmc.Sobol(d=len(names), scramble=True, seed=question["seed"] % 2**32)
    if question["index"]:
        sequence.fast_forward(question["index"])
    point = sequence.random(1)[0]
    return {
        name: parameter(name, question["space"][name], min(max(float(u), 1e-12), 1 - 1e-12))
        for name, u in zip(names, point)
    }


def from_grid(question):
    index, result = question["index"], {}
    for name in sorted(question["space"], reverse=True):
        if question["space"][name].get("type") != "choice":
            raise Refusal("grid sampling takes choice alone, and '%s' is %s" % (name, question["space"][name].get("type")))
        values = options(name, question["space"][name])
        index, place = divmod(index, len(values))
        result[name] = values[place]
    return None if index else result


def from_optuna(question):
    import optuna

    optuna.logging.set_verbosity(optuna.logging.ERROR)
    space = question["space"]
    distributions = {}
    for name in sorted(space):
        kind = space[name].get("type")
        if kind == "choice":
            # By place, since Optuna takes no lists or objects for values.
            count = len(options(name, space[name]))
            distributions[name] = optuna.distributions.CategoricalDistribution(list(range(count)))
        elif kind in ("uniform", "quniform"):
            low, high = number(name, space[name], "min_value"), number(name, space[name], "max_value")
            if low > high:
                raise Refusal("the search space of '%s' has a min_value above its max_value" % name)
            if kind == "uniform":
                distributions[name] = optuna.distributions.FloatDistribution(low, high)
            else:
                q = quantum(name, space[name])
                distributions[name] = optuna.distributions.IntDistribution(round(low / q), round(high / q))
        else:
            raise Refusal("bayesian sampling takes choice, uniform and quniform, and '%s' is %s" % (name, kind))

    def inside(name, value):
        kind = space[name].get("type")
        if kind == "choice":
            return options(name, space[name]).index(value)
        return round(value / quantum(name, space[name])) if kind == "quniform" else value

    def outside(name, value):
        kind = space[name].get("type")
        if kind == "choice":
            return options(name, space[name])[value]
        if kind == "quniform":
            return stepped(value * quantum(name, space[name]), quantum(name, space[name]))
        return value

    seed = random.Random("%s/%s" % (question["seed"], question["index"])).randrange(2**31)
    # Those that run still count as bad, so that the next one looks elsewhere.
    sampler = optuna.samplers.TPESampler(seed=seed, n_startup_trials=5, constant_liar=True)
    study = optuna.create_study(direction=question["goal"], sampler=sampler)
    for trial in question["trials"]:
        value = trial.get("value")
        state = optuna.trial.TrialState
        known = {name: inside(name, trial["parameters"][name]) for name in sorted(space)}
        made = optuna.trial.create_trial(
            params=known,
            distributions=distributions,
            value=value,
            state=state.COMPLETE if value is not None else state.RUNNING if trial.get("running") else state.FAIL,
        )
        study.add_trial(made)
    trial = study.ask(distributions)
    return {name: outside(name, trial.params[name]) for name in sorted(space)}


def answer(question):
    """The parameters of as many trials as asked for, each chosen with those before it in mind."""
    if not question["space"]:
        raise Refusal("the sweep has no search space")
    found = []
    for index in range(question["index"], question["index"] + question.get("count", 1)):
        known = question["trials"] + [{"parameters": parameters, "running": True} for parameters in found]
        parameters = choose(dict(question, index=index, trials=known))
        if parameters is None:
            break
        found.append(parameters)
    return found


def choose(question):
    algorithm = question["algorithm"]
    if algorithm == "random":
        return (from_sobol if question.get("rule") == "sobol" else from_random)(question)
    if algorithm == "grid":
        return from_grid(question)
    if algorithm == "bayesian":
        return from_optuna(question)
    raise Refusal("'%s' is no sampling algorithm; use random, grid or bayesian" % algorithm)


def main():
    for line in sys.stdin:
        try:
            reply = {"trials": answer(json.loads(line))}
        except Refusal as refusal:
            reply = {"error": str(refusal)}
        except Exception as error:
            reply = {"error": "%s: %s" % (type(error).__name__, error)}
        print(json.dumps(reply), flush=True)


if __name__ == "__main__":
    main()
