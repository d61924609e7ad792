"""Programs are kept, given up, and never shared between threads."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from app.engine.op import Shape
from app.engine.program import Program
from app.networks.choice import Choice
from app.networks.dense import DenseSpec, Layer
from app.schemas.networks import BackwardRequest
from app.services.networks import run_backward
from app.services.programs import Programs, Resources
from app.settings import Limits

SPEC = DenseSpec(2, (Layer(3, Choice("tanh")), Layer(1)))


def inputs(count: int) -> dict[str, Shape]:
    return {"x": (count, 2)}


def samples(count: int) -> dict[str, Shape]:
    return {**inputs(count), "y": (count, 1)}


@pytest.fixture
def programs() -> Programs:
    return Programs(most=2, most_numbers=1_000)


def test_a_program_is_found_again(programs: Programs) -> None:
    first = programs.find(SPEC, samples(4))
    assert programs.find(SPEC, samples(4)) is first
    assert programs.find(replace(SPEC, seed=9), samples(4)) is first


def test_other_graphs_and_shapes_have_other_programs(programs: Programs) -> None:
    first = programs.find(SPEC, samples(4))
    assert programs.find(SPEC, samples(5)) is not first
    assert programs.find(replace(SPEC, reduction="sum"), samples(4)) is not first
    leaky = DenseSpec(2, (Layer(3, Choice("leaky_relu", {"negative_slope": 0.2})), Layer(1)))
    steeper = DenseSpec(2, (Layer(3, Choice("leaky_relu", {"negative_slope": 0.3})), Layer(1)))
    assert programs.find(leaky, samples(4)) is not programs.find(steeper, samples(4))


def test_purposes_have_their_own_buffers(programs: Programs) -> None:
    assert programs.find(SPEC, samples(4)) is not programs.find(SPEC, samples(4), "afterwards")
    forward = programs.find_forward(SPEC, inputs(4))
    assert [node.id for node in forward.graph.leaves] == [
        "x",
        "layer1.weight",
        "layer1.bias",
        "layer2.weight",
        "layer2.bias",
    ]


def test_the_least_recently_used_goes_first(programs: Programs) -> None:
    first, second = programs.find(SPEC, samples(1)), programs.find(SPEC, samples(2))
    assert programs.find(SPEC, samples(1)) is first
    programs.find(SPEC, samples(3))
    assert programs.find(SPEC, samples(1)) is first
    assert programs.find(SPEC, samples(2)) is not second


def test_a_large_program_is_not_kept(programs: Programs) -> None:
    assert programs.find(SPEC, samples(500)) is not programs.find(SPEC, samples(500))


def test_every_thread_has_its_own(programs: Programs) -> None:
    mine = programs.find(SPEC, samples(4))

    def find(_: int) -> tuple[Program, Program]:
        return programs.find(SPEC, samples(4)), programs.find(SPEC, samples(4))

    with ThreadPoolExecutor(1) as pool:
        theirs, again = pool.submit(find, 0).result()
    assert theirs is again
    assert theirs is not mine


def test_an_answer_outlives_the_next_run() -> None:
    resources = Resources(Limits(), Programs(most=2, most_numbers=100_000))
    network = {"inputs": 1, "layers": [{"units": 2, "activation": "tanh"}, {"units": 1}]}

    def ask(x: float) -> str:
        body = {"network": network, "inputs": [[x]], "targets": [[0.0]]}
        return repr(run_backward(BackwardRequest.model_validate(body), resources))

    body = {"network": network, "inputs": [[1.0]], "targets": [[0.0]]}
    answer = run_backward(BackwardRequest.model_validate(body), resources)
    before = repr(answer)
    assert ask(2.0) != before
    assert repr(answer) == before


def test_many_threads_get_what_one_gets() -> None:
    resources = Resources(Limits(), Programs(most=4, most_numbers=100_000))
    network = {"inputs": 2, "layers": [{"units": 8, "activation": "gelu"}, {"units": 1}]}

    def ask(number: int) -> str:
        inputs = [[number / 7, 1.0], [0.5, -number / 3]]
        body = {"network": network, "inputs": inputs, "targets": [[0.0], [1.0]]}
        return repr(run_backward(BackwardRequest.model_validate(body), resources))

    alone = [ask(number) for number in range(60)]
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(ask, range(60))) == alone


def test_programs_share_one_budget() -> None:
    def count(program: Program) -> int:
        tape = program.tape
        return sum(a.size for part in (tape.values, tape.grads) for a in part.values())

    roomy = Programs(most=10, most_numbers=10_000)
    both = sum(count(roomy.find(SPEC, samples(size))) for size in (1, 4))
    for most, kept in ((both, True), (both - 1, False)):
        programs = Programs(most=10, most_numbers=most)
        first = programs.find(SPEC, samples(1))
        programs.find(SPEC, samples(4))
        assert (programs.find(SPEC, samples(1)) is first) is kept
