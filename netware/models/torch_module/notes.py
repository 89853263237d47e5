"""What to tell of how a user's module is computed, where one may expect otherwise."""

import torch

from netware.models.torch_module.recurrent import recurrent_parts
from netware.models.torch_module.trial import Found


STILL = ("Dropout", "BatchNorm")


def notes_of(path: str, module: torch.nn.Module, found: Found) -> tuple[str, ...]:
    """Returns a sentence each; a plain module that one vmap computes has none."""
    call = found.call
    recurrent = ", ".join(sorted({type(part).__name__ for part in recurrent_parts(module)}))
    named = {type(part).__name__ for part in module.modules()}
    still = ", ".join(sorted(name for name in named if name.startswith(STILL)))
    sentences = {
        f"{path} is computed agent by agent, which is slower, since vmap cannot take it: "
        f"{found.why}": not call.batched,
        f"{', '.join(found.slow)} of {path} is computed agent by agent, which is slower, since "
        "vmap has no rule for it": call.slow,
        f"{recurrent} of {path} is computed time step by time step for all agents at once, since "
        "vmap has no rule for PyTorch's kernel": bool(recurrent) and call.batched,
        f"{path} computes in eval mode, also when it learns: {still} (no dropout; batch norm keeps "
        "its running values)": bool(still),
        f"{path} answers a sample otherwise when others are asked with it: its first axis is that "
        "of samples, for a sequence write x.reshape(len(x), -1, features)": found.mixing,
        f"{path} is given whole numbers; a sample with others is an error": call.whole,
        f"{path} is given one sample at a time": call.single,
    }
    return tuple(sentence for sentence, holds in sentences.items() if holds)
