"""What several relations bring into one column adds up, in whatever order they are written."""

from random import Random

import torch

from tests.laws import worlds
from tests.laws.cases import blocks, hold
from tests.laws.draft import Plain
from tests.laws.scenarios import begun, passes, tidy
from tests.laws.themes import THEMES


KINDS = ("association", "influence", "dependency", "proximity")
INTO = "arriving"


def carrying(seed: int) -> Plain:
    """Returns a scenario of two or three relations into a column that nothing else touches."""
    draft = begun(seed)
    chance = draft.chance
    theme = chance.choice(("moving", "plain"))
    kind = THEMES[theme](chance)
    for name in ("a", "b"):
        draft.join(name, kind)
    kinds = [kind for kind in KINDS if kind != "proximity" or theme == "moving"]
    for _ in range(chance.choice((2, 2, 3))):
        kind = chance.choice(kinds)
        source = "a" if kind == "proximity" else chance.choice(("a", "b"))
        part = draft.data["relations"][draft.relation(kind, source, "a")]
        part |= {"into": INTO, "carries": "x"}
        for key in ("offset", "frame"):
            part.pop(key, None)
    return tidy(draft.data)


def arriving(data: Plain, names: list[str], steps: int) -> worlds.Arrays:
    """Returns what has arrived with these relations alone, written in this order."""
    relations = {name: data["relations"][name] for name in names}
    model = worlds.after(worlds.built({**data, "relations": relations}), steps)
    return {name: v for name, v in worlds.arrays(model).items() if name.endswith(INTO)}


@blocks("arrivals add up")
def test_what_arrives_adds_up_in_either_order_or_is_refused(block):
    def law(seed, data):
        names, steps = [*data["relations"]], Random(seed).choice((1, 2))
        if not passes(data):
            return
        together = arriving(data, names, steps)
        assert worlds.apart(arriving(data, names[::-1], steps), together, data["precision"]) == []

    hold(law, block, carrying)


@blocks("arrivals are sums")
def test_what_arrives_of_several_is_the_sum_of_what_each_brings(block):
    def law(seed, data):
        if not passes(data):
            return
        names = [*data["relations"]]
        found = arriving(data, names, 1)
        for name, expected in found.items():
            each = (arriving(data, [one], 1).get(name) for one in names)
            total = torch.stack([one for one in each if one is not None]).sum(0)
            assert worlds.same(total, expected, worlds.CLOSE[data["precision"]]), name

    hold(law, block, carrying)
