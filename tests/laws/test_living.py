"""What a probe reads of the living is what it reads of a world built of them alone."""

from tests.laws import worlds
from tests.laws.cases import blocks, hold
from tests.laws.draft import Plain
from tests.laws.scenarios import about, passes, valid, watched


STEPS = 2
OF_THE_RUN = ("headcount",)
"""Probes that count those of the whole run, the dead as well."""


def mortal(seed: int) -> Plain | None:
    """Returns a valid scenario in which agents are born or die, with more to read."""
    seed = about(seed, ("rules", "birth"), ("rules", "death"))
    data = valid(seed)
    if data is None:
        return None
    data = watched(seed, data)
    probes = {
        n: part for n, part in data.get("probes", {}).items() if part["type"] not in OF_THE_RUN
    }
    return {**data, "probes": probes}


def of_these(data: Plain, replica: int, places: dict[str, list[int]]) -> Plain:
    """Returns the scenario of one replica with as many agents as there are places."""
    populations = {}
    for name, entry in data["populations"].items():
        agents = len(places[name])
        populations[name] = {**entry, "agents": agents}
        if "capacity" in entry:
            populations[name]["capacity"] = agents
    own = worlds.replica_seeds(data["seed"], data["replicas"])[replica]
    return {**data, "populations": populations, "replicas": 1, "seed": own}


@blocks("the living alone")
def test_a_probe_reads_of_the_living_what_it_reads_of_them_alone(block):
    def law(seed, data):
        model = worlds.after(worlds.built(data), STEPS)
        for replica in range(data["replicas"]):
            places = worlds.places_of_the_living(model, replica)
            plain = of_these(data, replica, places)
            if not all(places.values()) or not passes(plain):
                continue
            alone = worlds.with_arrays_of(worlds.built(plain), model, replica, places)
            expected = worlds.readings(alone)
            found = worlds.readings_of_the_living(model, replica, places)
            wrong = worlds.apart(found, expected, data["precision"])
            assert wrong == [], f"replica {replica}"

    hold(law, block, mortal)
