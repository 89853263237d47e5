"""Iterations: which run of `mesa.batch_run` a model is made for."""

import inspect


def iteration() -> int:
    """Returns which iteration of `mesa.batch_run` is begun now; 0 where none is.

    Mesa makes all iterations with the same arguments, and expects a model to which none of them
    is a seed to begin each with chance of its own. Mesa tells a model nothing of it, but the frame
    that makes the model does.
    """
    frame = inspect.currentframe()
    while frame is not None:
        if frame.f_globals.get("__name__") == "mesa.batchrunner" and "iteration" in frame.f_locals:
            return int(frame.f_locals["iteration"])
        frame = frame.f_back
    return 0
