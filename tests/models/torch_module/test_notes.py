from torch import nn

from netware.models.torch_module.calls import Call
from netware.models.torch_module.notes import notes_of
from netware.models.torch_module.trial import Found


def test_a_plain_module_has_nothing_to_tell() -> None:
    assert notes_of("lab.Net", nn.Linear(2, 2), Found(Call(), 2)) == ()


def test_each_oddity_is_a_sentence() -> None:
    module = nn.Sequential(nn.GRU(2, 2), nn.LSTMCell(2, 2), nn.BatchNorm1d(2), nn.Dropout())
    slow = Found(Call(slow=True, single=True), 2, mixing=True, slow=("bilinear",))
    assert notes_of("lab.Net", module, slow) == (
        "bilinear of lab.Net is computed agent by agent, which is slower, since vmap has no rule "
        "for it",
        "GRU, LSTMCell of lab.Net is computed time step by time step for all agents at once, since "
        "vmap has no rule for PyTorch's kernel",
        "lab.Net computes in eval mode, also when it learns: BatchNorm1d, Dropout (no dropout; "
        "batch norm keeps its running values)",
        "lab.Net answers a sample otherwise when others are asked with it: its first axis is that "
        "of samples, for a sequence write x.reshape(len(x), -1, features)",
        "lab.Net is given one sample at a time",
    )
    looped = Found(Call(batched=False, whole=True), 2, why="RuntimeError: no rule")
    assert notes_of("lab.Net", nn.GRU(2, 2), looped) == (
        "lab.Net is computed agent by agent, which is slower, since vmap cannot take it: "
        "RuntimeError: no rule",
        "lab.Net is given whole numbers; a sample with others is an error",
    )
