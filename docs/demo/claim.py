"""Hold a sentence of the demo's story against a JSON document of reconcile; end with 1 where it is not true.

    reconcile --dry-run --output json | claim.py 'what is claimed' 'Python expression'

The expression sees `document`, and for a plan also `actions(stage, kind)` and `gate(name)`.
"""

import json
import sys


def main():
    """Read the document, evaluate, say what came of it."""
    sentence, expression = sys.argv[1:]
    text = sys.stdin.read()
    try:
        document = json.loads(text)
    except ValueError:
        sys.exit(f"  ✗ {sentence}: not JSON: {text[:400]}")
    everything = [(stage["stage"], action) for stage in document.get("stages", []) for action in stage["actions"]]

    def actions(stage=None, kind=None):
        return [a for s, a in everything if stage in (None, s) and kind in (None, a["kind"])]

    def gate(name):
        found = [a["gate"] for _, a in everything if a.get("gate") and a["gate"]["name"] == name]
        if not found:
            raise LookupError(f"the plan has no gate {name}")
        return found[0]

    try:
        holds = eval(f"({expression})", {"document": document, "actions": actions, "gate": gate})
    except (LookupError, TypeError) as error:
        holds, expression = False, f"{expression}: {error}"
    if not holds:
        print(json.dumps(document, indent=2, ensure_ascii=False)[:20000], file=sys.stderr)
        sys.exit(f"  ✗ {sentence}\n    {expression}")
    print(f"  ✓ {sentence}")


if __name__ == "__main__":
    main()
