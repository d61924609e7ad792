"""Published test functions of two numbers, on which optimizers are raced."""

from dataclasses import dataclass

from app.networks.choice import Choice

Range = tuple[float, float]
Point = tuple[float, float]


@dataclass(frozen=True)
class SurfaceFunction:
    """A function of ``x`` and ``y``, where to look at it, and where a race usually starts.

    ``minimum`` is the point of its lowest value, if it has one. ``racers`` are optimizers whose
    options suit it, or show where they do not.
    """

    name: str
    label: str
    summary: str
    latex: str
    expression: str
    x: Range
    y: Range
    start: Point
    minimum: Point | None
    racers: tuple[Choice, ...]


def _racer(name: str, learning_rate: float, **options: float) -> Choice:
    return Choice(name, {"learning_rate": learning_rate, **options})


SURFACES: dict[str, SurfaceFunction] = {
    function.name: function
    for function in (
        SurfaceFunction(
            "ravine",
            "Ravine",
            "Twenty times steeper across than along: plain steps swing from side to side "
            "(Saitoh, 2016, with his learning rates).",
            r"\tfrac{1}{20} x^2 + y^2",
            "x**2 / 20 + y**2",
            (-10.0, 10.0),
            (-5.0, 5.0),
            (-7.0, 2.0),
            (0.0, 0.0),
            (
                _racer("sgd", 0.95),
                _racer("sgd", 0.1, momentum=0.9),
                _racer("adagrad", 1.5),
                _racer("adam", 0.3),
            ),
        ),
        SurfaceFunction(
            "bowl",
            "Quadratic bowl",
            "As steep in every direction: the gradient points straight at the lowest point.",
            "x^2 + y^2",
            "x**2 + y**2",
            (-5.0, 5.0),
            (-5.0, 5.0),
            (-4.0, 3.0),
            (0.0, 0.0),
            (
                _racer("sgd", 0.1),
                _racer("sgd", 0.02, momentum=0.9),
                _racer("adagrad", 1.0),
                _racer("adam", 0.3),
            ),
        ),
        SurfaceFunction(
            "saddle",
            "Saddle",
            "Down in one direction and up in the other; in the middle the gradient is 0.",
            "x^2 - y^2",
            "x**2 - y**2",
            (-2.0, 2.0),
            (-2.0, 2.0),
            (-1.5, 0.01),
            None,
            (
                _racer("sgd", 0.02),
                _racer("sgd", 0.02, momentum=0.9),
                _racer("rmsprop", 0.01),
                _racer("adam", 0.05),
            ),
        ),
        SurfaceFunction(
            "beale",
            "Beale",
            "Flat valleys between steep walls (Beale, 1958).",
            r"(1.5 - x + xy)^2 + (2.25 - x + xy^2)^2 + (2.625 - x + xy^3)^2",
            "(1.5 - x + x*y)**2 + (2.25 - x + x*y**2)**2 + (2.625 - x + x*y**3)**2",
            (-4.5, 4.5),
            (-4.5, 4.5),
            (1.0, 1.5),
            (3.0, 0.5),
            (
                _racer("sgd", 0.01),
                _racer("sgd", 0.005, momentum=0.9),
                _racer("rmsprop", 0.02),
                _racer("adam", 0.1),
                _racer("sgd", 0.1),
            ),
        ),
        SurfaceFunction(
            "rosenbrock",
            "Rosenbrock",
            "A curved valley with a floor that hardly falls (Rosenbrock, 1960).",
            "(1 - x)^2 + 100 (y - x^2)^2",
            "(1 - x)**2 + 100 * (y - x**2)**2",
            (-2.0, 2.0),
            (-1.0, 3.0),
            (-1.2, 1.0),
            (1.0, 1.0),
            (
                _racer("sgd", 0.001),
                _racer("sgd", 0.0005, momentum=0.9),
                _racer("adagrad", 0.5),
                _racer("adam", 0.1),
            ),
        ),
    )
}
