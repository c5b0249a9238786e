"""Time the Azure ML SDK loading asset files one by one, as `az ml environment|data create -f` would."""

import sys
import time
from pathlib import Path

from azure.ai.ml import load_data, load_environment

folder, count = Path(sys.argv[1]), int(sys.argv[2])
files = sorted([*folder.glob("**/data.yml"), *folder.glob("**/environment.yml")])[:count]
start = time.process_time()
for file in files:
    (load_data if file.name == "data.yml" else load_environment)(file)
print(len(files), time.process_time() - start)
