"""The small machine and the small lock do what the lesson says of them."""

from hypothesis import given
from hypothesis import strategies as st

from faultviz.course.toy import Machine, RwLock
from faultviz.lab.recorded.records import recorded

ACCESS = st.lists(
    st.tuples(st.sampled_from(["store", "load"]), st.integers(1, 4), st.integers(0, 9)), max_size=30
)


def traps(told):
    return sum("trap:" in line for line in told)


@given(ACCESS)
def test_memory_remembers_and_the_books_count_traps(accesses):
    """A load reads the last store; each trap is one fault, minor or major."""
    machine = Machine()
    machine.map(1, 2)
    machine.map(3, 4, shared=False)
    last, seen = {}, 0
    for kind, page, value in accesses:
        if kind == "store":
            told = machine.store(page, value)
            last[page] = value
        else:
            told = machine.load(page)
            assert told[-1].endswith(f"it reads {last.get(page, 0)}")
        seen += traps(told)
        assert traps(told) <= 1
    assert machine.minor + machine.major == seen
    assert all(machine.cache.get(("shm", page), 0) == 0 for page in (3, 4))


def test_a_disk_is_read_once():
    """The first access is major, the next program's is minor."""
    machine = Machine()
    machine.map(1, 1, file="book.txt", on_disk=True)
    machine.load(1)
    machine.entries.clear()
    machine.load(1)
    assert (machine.major, machine.minor) == (1, 1)


def test_what_no_vma_permits_ends_the_program():
    """Outside of all, or a store to what may only be read."""
    machine = Machine()
    machine.map(1, 1, writable=False)
    assert "SIGSEGV" in machine.store(9, 1)[-1]
    assert "SIGSEGV" in machine.store(1, 1)[-1]
    assert machine.load(1)[-1].endswith("reads 0")


NAMES = st.sampled_from("ABC")


@given(st.lists(st.tuples(st.sampled_from(["read", "write", "unlock"]), NAMES), max_size=25))
def test_a_lock_never_mixes_readers_and_a_writer(steps):
    """As long as each gives up only what it has."""
    lock = RwLock()
    for act, who in steps:
        owns = lock.writer == who or who in lock.readers
        waits = any(name == who for _, name in lock.waiting)
        if (act == "unlock") is not owns or waits:
            continue
        getattr(lock, act)(who)
        assert not (lock.writer and lock.holds)
        assert lock.holds == sum(lock.count(name) for name in "ABC")


def test_an_unlock_too_many_takes_anothers_hold():
    """And a writer is in beside a reader."""
    lock = RwLock()
    lock.read("A"), lock.read("B"), lock.write("W"), lock.unlock("A")
    assert "B's is used up" in lock.unlock("A")[0]
    assert (lock.writer, lock.readers) == ("W", ["B"])
    assert "there is none" in RwLock().unlock("A")[0]


def test_whose_hold_was_used_up_cannot_give_it_up_any_more():
    """The count never falls below zero unnoticed."""
    lock = RwLock()
    lock.read("A"), lock.read("B"), lock.unlock("A"), lock.unlock("A")
    (said,) = lock.unlock("B")
    assert said.startswith("B gives its hold up, but that was used up before, and there is none")
    assert lock.holds == 0


def test_a_read_first_costs_what_was_measured():
    """Shared memory: the load traps, the store after it does not, as on all recorded kernels."""
    machine = Machine()
    machine.map(1, 1)
    mine = [traps(machine.load(1)), traps(machine.store(1, 5))]
    rows = recorded("debian_plain.csv")
    for kernel in {row.kernel for row in rows}:
        found = {r.mode: r.minor_per_page + r.major_per_page for r in rows if r.kernel == kernel}
        assert [found["read_pass"], found["read_first"]] == mine
    assert ("shm", 1) in machine.dirty


def test_a_disk_wants_to_know_of_the_first_store():
    """Its pages must be written back, so a load leaves an entry that lets no store through."""
    machine = Machine()
    machine.map(1, 1, file="book.txt", on_disk=True)
    machine.load(1)
    assert ("book.txt", 1) not in machine.dirty
    assert traps(machine.store(1, 5)) == 1
    assert ("book.txt", 1) in machine.dirty


def test_the_store_comes_after_the_return():
    """At the return the old value is still there, in a copy of one's own, too."""
    machine = Machine()
    machine.map(1, 1)
    machine.map(2, 2, shared=False)
    assert [machine.store(page, 7)[-2] for page in (1, 2)] == [
        "  return; page 1 still holds 0",
        "  return; page 2 still holds 0",
    ]
