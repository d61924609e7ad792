"""A small part of each trial; scripts/try-reliability runs them at full size."""

import asyncio

from tests.reliability import failover, soak


def test_a_stream_goes_on_with_another_replica_without_losing_a_step() -> None:
    found = asyncio.run(failover.run())
    assert found["steps"] == failover.STEPS
    assert found["streams"] == 2


def test_requests_and_abandoned_streams_leave_nothing_behind() -> None:
    seen = [holdings for _, holdings in asyncio.run(soak.run(requests=400, streams=24))]
    warm, last = seen[0], seen[-1]
    # Threads of the pools start when they are first needed: some of them after the warm-up.
    most = max(holdings.threads for holdings in seen[:5])
    assert last.threads <= most
    assert most <= warm.threads + 4
    assert last.descriptors <= warm.descriptors
    assert last.tasks <= warm.tasks
