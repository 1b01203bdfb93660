"""What the plan asks of the territory, computed: pure functions from frames to frames.

No function here reads a database or the network; `sitplan.open().frame(…)` gives the frames.
"""
