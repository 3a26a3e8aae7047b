"""What every figure works with."""
import pathlib
from dataclasses import dataclass

from . import clients, processes
from .bodies import Bodies
from .options import Options

TOP = pathlib.Path(__file__).resolve().parent.parent.parent
BUILD = TOP / ".build-bench"


@dataclass
class Bench:
    options: Options
    children: processes.Children
    cores: processes.Cores
    bodies: Bodies
    sink: clients.Sink
    # Of our programs.
    bin: pathlib.Path

    @property
    def venv(self):
        return BUILD / "venv"
