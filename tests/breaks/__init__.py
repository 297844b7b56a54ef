"""One patch for each way to break a promise. `python -m tests.breaks` applies them one by one to a copy of the tree
and demands that the tests named in the patch's first lines go red.

A patch begins with lines of the form

    promise: 1 nothing sensitive reaches the cloud
    test: tests/unit/policy/test_decide.py

and goes on as a diff. A patch that no longer applies is a failure too: renew it.
"""
