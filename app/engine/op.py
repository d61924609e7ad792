"""The record of one primitive operation, and what it sees when it is bound to buffers."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from itertools import product
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from app.engine.dependence import Dependence, Depends, Index, align, find_read

Array = NDArray[Any]
Shape = tuple[int, ...]
Call = tuple[Callable[..., object], tuple[object, ...]]
"""A function and the positional arguments it is to be called with, buffers included."""


def maximum(x: Any, y: Any, out: Array) -> Call:
    """The call that writes the larger of ``x`` and ``y``; NaN wins."""
    # NumPy wants the output of these two by keyword.
    return partial(np.maximum, out=out), (x, y)


def minimum(x: Any, y: Any, out: Array) -> Call:
    """The call that writes the smaller of ``x`` and ``y``; NaN wins."""
    return partial(np.minimum, out=out), (x, y)


@dataclass(frozen=True)
class NoOptions:
    """The options of an op that has none."""


class Binding:
    """One node bound to its buffers: what an op reads and writes.

    ``out`` and ``inputs`` are the value buffers of the node and of its inputs, ``options`` the
    node's options over the op's defaults. ``scratch`` buffers belong to this node and are shared
    between its forward and backward calls.

    A binding may be a part of a ``whole``: ``cut`` takes its part of each of the whole's buffers,
    so that either one may write what the other reads.
    """

    def __init__(
        self,
        out: Array,
        inputs: tuple[Array, ...],
        options: Mapping[str, Any],
        whole: Self | None = None,
        cut: Callable[[Array], Array] = lambda array: array,
    ) -> None:
        self.out = out
        self.inputs = inputs
        self.options = options
        self._whole = whole
        self._cut = cut
        self._scratch: dict[str, Array] = {}

    @property
    def x(self) -> Array:
        """The first input."""
        return self.inputs[0]

    def scratch(self, name: str, like: Array | None = None) -> Array:
        """A buffer of the shape and memory order of ``like`` (default: of the output)."""
        like = self.out if like is None else like
        if name not in self._scratch:
            whole = None if self._whole is None else self._whole._share(name, like, self.out)
            self._scratch[name] = np.zeros_like(like) if whole is None else self._cut(whole)
        return self._scratch[name]

    def _share(self, name: str, like: Array, out: Array) -> Array | None:
        """The buffer of which a part whose output is ``out`` takes its own, if there can be one."""
        if like.shape == out.shape:
            return self._scratch.setdefault(name, np.zeros(self.out.shape))
        by_row = like.ndim == out.ndim == self.out.ndim > 0 and len(like) == len(out)
        shape = len(self.out), *like.shape[1:]
        return self._scratch.setdefault(name, np.zeros(shape)) if by_row else None


@dataclass(frozen=True)
class Local:
    """A local derivative: where its value stands once ``calls`` have run.

    ``value`` is a number when the derivative is constant, else an array that broadcasts against
    the op's output. ``product``: a number and a value of the op's whose product it is; where the
    upstream gradient never changes, it is multiplied by the number beforehand.
    """

    value: Array | float
    calls: tuple[Call, ...] = ()
    product: tuple[float, Array] | None = None


@dataclass(frozen=True)
class Floats:
    """An op on single numbers, for graphs that have nothing else.

    ``locals`` holds the local derivative by each input: a ``float`` when it is constant; an ``int``
    when it is the value of the output (0), the first or the second input (1, 2), as in ``latex``;
    else a function of both inputs (NaN where there is no second) and the output. Either function
    may raise ``ArithmeticError`` or ``ValueError`` instead of giving an infinity or NaN.

    ``text`` and ``local_texts`` are the same functions as expressions of ``{x}``, ``{y}`` and
    ``{out}``, for straight code; an empty one leaves it at a call. Only for what is faster so.
    """

    forward: Callable[..., float]
    locals: tuple[float | int | Callable[[float, float, float], float], ...]
    text: str = ""
    local_texts: tuple[str, ...] = ()


Forward = Callable[[Binding], list[Call]]
View = Callable[[Array, Mapping[str, Any]], Array | None]
ByRow = Callable[[Shape, Mapping[str, Any]], bool]
LocalRule = Callable[[Binding], Local]
VjpRule = Callable[[Binding, Array, Array], list[Call]]


@dataclass(frozen=True)
class Op:
    """Everything about one primitive.

    ``forward`` lists the calls that fill ``out``. Exactly one of ``locals`` and ``vjps`` is given,
    an entry per input. An elementwise op gives ``locals``, its local derivatives: the message to
    an input is the upstream gradient times it. Any other op gives ``vjps``: the calls that write
    the vector-Jacobian product of the upstream gradient (second argument) into the message (third
    argument).

    ``definition`` is the textbook formula on plain arrays, valid for complex arguments and not
    careful about overflow. Kernels are judged against it, and derivatives against its complex step
    (Squire and Trapp, "Using complex variables to estimate derivatives of real functions", 1998).

    ``view`` gives the part of the first input's memory that is the output's value already, if there
    is one; nothing is then computed. ``by_row`` says, for the first input's shape, whether each row
    of the output depends on the same row of the first input alone, the other inputs being shared
    by all rows; an elementwise op needs none. The rule for a shared input must then also take one
    more axis in front of upstream, first input and message, and keep apart what stands there.
    ``affine`` says that the ``vjps`` read no value.

    ``floats`` is the op once more for single numbers, where that is worth having.

    ``depends`` says which entries of the output depend on which entries of an input; an elementwise
    op needs none. A variadic op has one rule for all of its inputs. ``symbol`` stands for the op in
    a drawing, by default the label.

    In ``latex`` and ``local_latex``, ``#1`` and ``#2`` stand for the inputs and ``#0`` for the
    output.
    """

    name: str
    label: str
    summary: str
    latex: str
    local_latex: tuple[str, ...]
    forward: Forward
    definition: Callable[..., Array]
    locals: tuple[LocalRule, ...] = ()
    vjps: tuple[VjpRule, ...] = ()
    shape: Callable[[tuple[Shape, ...], Mapping[str, Any]], Shape] | None = None
    options: type = NoOptions
    depends: Depends | None = None
    view: View | None = None
    by_row: ByRow | None = None
    affine: bool = False
    floats: Floats | None = None
    symbol: str = ""
    activation: bool = False
    kinks: tuple[float, ...] = field(default=())
    """Arguments at which a unary op has no derivative; its local derivative says what is taken."""
    ties: bool = False
    """Whether an op of two inputs has no derivative where they are equal."""

    @property
    def elementwise(self) -> bool:
        """Whether each entry of the output depends on the same entry of the inputs alone."""
        return bool(self.locals)

    @property
    def mark(self) -> str:
        """What stands for the op in a drawing."""
        return self.symbol or self.label

    def vjp(self, position: int) -> VjpRule:
        """The rule for an input; the last one serves all inputs from there on."""
        return self.vjps[min(position, len(self.vjps) - 1)]

    def dependence(
        self, shapes: tuple[Shape, ...], options: Mapping[str, Any], position: int
    ) -> Dependence:
        """Which entries of the output depend on which entries of an input."""
        if self.depends is not None:
            return self.depends(shapes, options, position)
        return align(shapes[position], self.output_shape(shapes, options))

    def read_entries(
        self,
        shapes: tuple[Shape, ...],
        options: Mapping[str, Any],
        position: int,
        index: Index,
    ) -> list[Index]:
        """Which entries of an input the output's entry ``index`` is computed from."""
        box = find_read(self.dependence(shapes, options, position), shapes[position], index)
        return [] if box is None else list(product(*(range(s.start, s.stop) for s in box)))

    def output_shape(self, shapes: tuple[Shape, ...], options: Mapping[str, Any]) -> Shape:
        """The shape of the output; raises ``ValueError`` when the input shapes do not fit."""
        if self.shape is not None:
            return self.shape(shapes, options)
        return np.broadcast_shapes(*shapes)


def write_latex(template: str, output: str, *inputs: str) -> str:
    """``template`` with ``#0`` replaced by ``output`` and ``#1``, ``#2`` ... by ``inputs``."""
    for position, text in reversed(list(enumerate((output, *inputs)))):
        template = template.replace(f"#{position}", text)
    return template
