"""Check what is made from the config's models, or make it again: python -m visage.config --fix"""

import argparse

from visage.config.generated import files


def main() -> int:
    """Tell which files are not as the models say, or mend them."""
    parser = argparse.ArgumentParser(prog="python -m visage.config", description=__doc__)
    parser.add_argument("--fix", action="store_true", help="write them anew")
    fix = parser.parse_args().fix
    old = {
        path: text
        for path, text in files().items()
        if not path.exists() or path.read_text(encoding="utf-8") != text
    }
    for path, text in old.items():
        if fix:
            path.write_text(text, encoding="utf-8")
        print(f"{path} {'is made anew' if fix else 'is not as the models say: give --fix'}")
    return int(bool(old) and not fix)


if __name__ == "__main__":
    raise SystemExit(main())
