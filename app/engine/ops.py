"""The one table of ops. Adding a record to one of the four families adds it everywhere."""

from app.engine.activations import ACTIVATION_OPS
from app.engine.arithmetic import ARITHMETIC_OPS
from app.engine.normalization import NORMALIZING_OPS
from app.engine.op import Op
from app.engine.structured import STRUCTURED_OPS

FAMILIES = (*STRUCTURED_OPS, *NORMALIZING_OPS, *ARITHMETIC_OPS, *ACTIVATION_OPS)
OPS: dict[str, Op] = {op.name: op for op in FAMILIES}
ACTIVATIONS: dict[str, Op] = {
    op.name: op for op in (*ACTIVATION_OPS, OPS["softmax"]) if op.activation
}
