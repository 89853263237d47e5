"""Births, deaths and edges balance: ids are given once, and edges of the living stay."""

from collections import Counter

from tests.laws import worlds
from tests.laws.cases import blocks, hold


REWIRING = ("homophily", "preferential_rewiring", "random_rewiring")


def living(model, population: str) -> list[list[int]]:
    """Returns the ids of the living of each replica, by their places."""
    there, ids = worlds.alive(model, population), worlds.ids(model, population)
    return [own[mask].tolist() for own, mask in zip(ids, there, strict=True)]


def joined(model, relation: str) -> Counter:
    """Returns how often who is joined with whom: replica and ids of both ends."""
    found = worlds.arrays(model)
    source, target = (found[f"{relation}/{end}"].long() for end in ("source", "target"))
    first, second = worlds.ends(model, relation)
    ids = {name: worlds.ids(model, name) for name in (first, second)}
    replica = target // ids[second].shape[1]
    ends = replica, ids[first].flatten()[source], ids[second].flatten()[target]
    return Counter(zip(*(values.tolist() for values in ends), strict=True))


@blocks("ids are given once")
def test_an_id_is_given_once_and_whoever_died_stays_dead(block):
    def law(seed, data):
        model = worlds.built(data)
        before = {name: living(model, name) for name in data["populations"]}
        ever = {name: [set(own) for own in each] for name, each in before.items()}
        for _ in range(data["steps"]):
            worlds.after(model, 1)
            for name in data["populations"]:
                now = living(model, name)
                for replica, own in enumerate(now):
                    known, last = ever[name][replica], set(before[name][replica])
                    assert len(set(own)) == len(own), f"an id twice in {name}"
                    assert set(own) & known <= last, f"back from the dead in {name}"
                    born = set(own) - known
                    assert not born or min(born) > max(known, default=-1), f"an old id in {name}"
                    known |= born
                before[name] = now

    hold(law, block)


def among(edges: Counter, stay: list[list[set[int]]]) -> dict:
    """Returns the edges between those who stay, of each replica."""
    first, second = stay
    return {
        (replica, one, other): many
        for (replica, one, other), many in edges.items()
        if one in first[replica] and other in second[replica]
    }


def rewired(data) -> set[str]:
    """Names the relations whose edges may change while both ends live."""
    rules = [*data.get("rules", {}).values()]
    rules += [{**one, "type": one["rule"]} for one in data.get("events", []) if "rule" in one]
    found = {one["over"] for one in rules if one["type"] in REWIRING}
    near = {n for n, part in data.get("relations", {}).items() if part["type"] == "proximity"}
    return found | near


@blocks("edges of the living stay")
def test_edges_between_those_who_live_on_stay_where_none_is_rewired(block):
    def law(seed, data):
        model = worlds.built(data)
        names = set(data.get("relations", {})) - rewired(data)
        if any("topology" in str(one.get("set", "")) for one in data.get("events", [])):
            return
        for _ in range(data["steps"]):
            before = {name: joined(model, name) for name in names}
            old = {name: living(model, name) for name in data["populations"]}
            worlds.after(model, 1)
            for name in names:
                ends = worlds.ends(model, name)
                stay = [
                    [set(a) & set(b) for a, b in zip(old[end], living(model, end), strict=True)]
                    for end in ends
                ]
                kept, now = (
                    {
                        k: n
                        for k, n in each.items()
                        if k[1] in stay[0][k[0]] and k[2] in stay[1][k[0]]
                    }
                    for each in (before[name], joined(model, name))
                )
                assert kept == now, name

    hold(law, block)


@blocks("rewiring keeps the number of links")
def test_rewiring_keeps_the_number_of_edges_and_what_they_weigh(block):
    def law(seed, data):
        if any("capacity" in one for one in data["populations"].values()):
            return
        if any(part["type"] in ("composition", "birth", "death") for part in parts(data)):
            return
        model = worlds.built(data)
        found = worlds.arrays(model)
        names = {n for n in rewired(data) if data["relations"][n]["type"] != "proximity"}
        before = {n: (len(found[f"{n}/source"]), weights(found, n)) for n in names}
        worlds.after(model, data["steps"])
        found = worlds.arrays(model)
        assert {n: (len(found[f"{n}/source"]), weights(found, n)) for n in names} == before

    hold(law, block)


def parts(data) -> list:
    """Returns all relations and rules."""
    return [*data.get("relations", {}).values(), *data.get("rules", {}).values()]


def weights(found: worlds.Arrays, relation: str) -> list[float]:
    """Returns the weights of a relation in ascending order."""
    values = found.get(f"{relation}/weight")
    return [] if values is None else values.sort().values.tolist()


@blocks("a part lives as long as its whole")
def test_no_part_outlives_its_whole(block):
    def law(seed, data):
        wholes = [n for n, one in data.get("relations", {}).items() if one["type"] == "composition"]
        due = {key for n in wholes for key in data["relations"][n]} & {
            "every",
            "from",
            "until",
            "at",
        }
        model = worlds.built(data)
        if due or not wholes:
            return
        first = {name: joined(model, name) for name in wholes}
        worlds.after(model, data["steps"])
        for name in wholes:
            whole, part = (living(model, end) for end in worlds.ends(model, name))
            for replica, one, other in first[name]:
                assert other not in part[replica] or one in whole[replica], name

    hold(law, block)
