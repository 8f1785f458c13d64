"""Put in front of a process's path, it sets its clock by the seconds in SHIFTED."""

import os
import time

import time_machine

if os.environ.get("SHIFTED"):
    time_machine.travel(time.time() + float(os.environ["SHIFTED"]), tick=True).start()
