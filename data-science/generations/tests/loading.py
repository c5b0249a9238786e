"""The three generations of main.py, side by side."""

import importlib.util
from pathlib import Path

FOLDER = Path(__file__).resolve().parents[2]
GENERATIONS = {
    "1": FOLDER / "src/main.py",
    "2": FOLDER / "generations/2-preprocessing-pipeline/main.py",
    "3": FOLDER / "generations/3-random-forest/main.py",
}


def load_generation(number):
    """Import one generation's main.py under a name of its own, as all three are called main."""
    spec = importlib.util.spec_from_file_location(f"generation_{number}", GENERATIONS[number])
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
