"""Numba kernel: a `State` behind one pointer.

A kernel that takes a named tuple takes each of its arrays apart, at every call; with forty of them, compiling takes
minutes, and calls more time than what they do. Behind a pointer lie borrowed arrays, whose owners numba does not know:
counting references, atomically, would take as long as most of what kernels do with an array.
"""
# mypy: disable-error-code="no-untyped-def,no-untyped-call,misc,attr-defined"

from numba import float64, int32, int64, njit, types, uint64
from numba.core import cgutils
from numba.core.datamodel.models import ArrayModel, StructRefModel
from numba.experimental import structref
from numba.extending import intrinsic, register_model
from numba.np.arrayobj import make_array

from planner.simulation.state import State


class _Borrowed(types.Array):
    """The type of an array whose owner is elsewhere."""


@register_model(_Borrowed)
class _BorrowedModel(ArrayModel):
    def traverse(self, builder):
        """Nothing whose references are counted."""
        return []


def _behind(array):
    return _Borrowed(array.dtype, array.ndim, array.layout)


_KINDS = {
    "Ints": int64[::1], "Small": int32[::1], "Floats": float64[::1], "Bools": types.boolean[::1], "States": uint64[::1],
    "Table": int64[:, ::1], "Cube": int64[:, :, ::1], "FloatTable": float64[:, ::1], "BoolTable": types.boolean[:, ::1],
}  # fmt: skip


@structref.register
class _Held(types.StructRef):
    """The type of a tuple of arrays behind a pointer."""


@register_model(_Held)
class _HeldModel(StructRefModel):
    def traverse(self, builder):
        """Nothing whose references are counted: whoever calls a kernel holds the pointer."""
        return []


class Pointer(structref.StructRefProxy):
    """What kernels are given; it keeps the arrays alive."""

    state: State


structref.define_boxing(_Held, Pointer)
HELD = _Held([(field, _behind(_KINDS[hint.__forward_arg__])) for field, hint in State.__annotations__.items()])
HELD.name = "simulation.State"  # short, for it is part of the name of every compiled function


@intrinsic
def _borrowed(typing, array):
    """The same array without an owner."""

    def made(context, builder, signature, values):
        view = make_array(signature.args[0])(context, builder, values[0])
        view.meminfo = cgutils.get_null_value(view.meminfo.type)
        view.parent = cgutils.get_null_value(view.parent.type)
        return view._getvalue()  # noqa: SLF001 - that is how numba itself reads it

    return _behind(array)(array), made


def point_at(state: State) -> Pointer:
    """Put a `State` behind a pointer, which keeps it alive; the arrays stay the same."""
    pointer: Pointer = _point_at(state)
    pointer.state = state
    return pointer


@njit(cache=True)
def _point_at(arrays):
    held = structref.new(HELD)
    held.number = _borrowed(arrays.number)
    held.hosts = _borrowed(arrays.hosts)
    held.capacity = _borrowed(arrays.capacity)
    held.free = _borrowed(arrays.free)
    held.device = _borrowed(arrays.device)
    held.like = _borrowed(arrays.like)
    held.domain = _borrowed(arrays.domain)
    held.classes = _borrowed(arrays.classes)
    held.size = _borrowed(arrays.size)
    held.asks = _borrowed(arrays.asks)
    held.allowed = _borrowed(arrays.allowed)
    held.bounds = _borrowed(arrays.bounds)
    held.members = _borrowed(arrays.members)
    held.groups = _borrowed(arrays.groups)
    held.held = _borrowed(arrays.held)
    held.counted = _borrowed(arrays.counted)
    held.open = _borrowed(arrays.open)
    held.containers = _borrowed(arrays.containers)
    held.keys = _borrowed(arrays.keys)
    held.words = _borrowed(arrays.words)
    held.length = _borrowed(arrays.length)
    held.line = _borrowed(arrays.line)
    held.lanes = _borrowed(arrays.lanes)
    held.scores = _borrowed(arrays.scores)
    held.typical = _borrowed(arrays.typical)
    held.typical_share = _borrowed(arrays.typical_share)
    held.typical_allowed = _borrowed(arrays.typical_allowed)
    held.scale = _borrowed(arrays.scale)
    held.heap = _borrowed(arrays.heap)
    held.queue = _borrowed(arrays.queue)
    held.waiting = _borrowed(arrays.waiting)
    held.arrivals = _borrowed(arrays.arrivals)
    held.used = _borrowed(arrays.used)
    held.now = _borrowed(arrays.now)
    held.area = _borrowed(arrays.area)
    held.workloads = _borrowed(arrays.workloads)
    held.lacks = _borrowed(arrays.lacks)
    held.log = _borrowed(arrays.log)
    held.random = _borrowed(arrays.random)
    return held
