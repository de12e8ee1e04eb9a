"""What a worker process owes the process that started it."""

import multiprocessing
import os
import threading


def end_with_parent() -> None:
    """Exit from this worker as soon as its parent is gone, even when it was killed.

    A killed parent runs no clean-up, and a worker that waits for jobs would wait for ever.
    """
    parent = multiprocessing.parent_process()

    def exit_with_parent() -> None:
        if parent is not None:
            parent.join()
            os._exit(1)

    threading.Thread(target=exit_with_parent, daemon=True).start()
