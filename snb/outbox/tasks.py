"""The nudge: so that a message need not wait for the next sweep. Losing it loses nothing."""

from __future__ import annotations

from django_tasks import task

from snb.outbox import actions


@task(backend="durable")
def nudge() -> int:
    """Sweep now. Enqueue it after `enqueue`, in the same transaction: `nudge.enqueue()`."""
    return actions.sweep().tried
